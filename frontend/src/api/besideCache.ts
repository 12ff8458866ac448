import type { Exchange, Operation, OperationContext, OperationResult } from 'urql';
import { filter, merge, pipe, share, type Source } from 'wonka';

declare module '@urql/core' {
  interface OperationContext {
    /** Neither read from nor written to the cache: for streams of rows that are folded elsewhere. */
    uncached?: boolean;
  }
}

/** The context of an operation that passes the cache by. */
export const UNCACHED: Partial<OperationContext> = { uncached: true, requestPolicy: 'network-only' };

const isUncached = (operation: Operation) => operation.context.uncached === true;

/** Leads operations marked `uncached` past a cache; all others go through it. */
export const besideCache =
  (cache: Exchange): Exchange =>
  (input) =>
  (operations) => {
    const shared = pipe(operations, share);
    const passing = pipe(shared, filter(isUncached));
    let answers: Source<OperationResult> | undefined;
    const cached = cache({
      ...input,
      forward: (forwarded) => {
        answers = pipe(input.forward(merge([forwarded, passing])), share);
        return pipe(
          answers,
          filter(({ operation }) => !isUncached(operation)),
        );
      },
    })(
      pipe(
        shared,
        filter((operation) => !isUncached(operation)),
      ),
    );
    if (!answers) return cached;
    return merge([
      cached,
      pipe(
        answers,
        filter(({ operation }) => isUncached(operation)),
      ),
    ]);
  };
