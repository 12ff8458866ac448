import type { Fetcher, FetcherParams } from '@graphiql/toolkit';
import type { DocumentNode, GraphQLError } from 'graphql';
import { createClient } from 'graphql-ws';
import { send, Unreachable, type Answer } from './send';

/** What becomes of the page's requests. */
export interface Observer {
  /** The headers that go with every operation. */
  headers: () => Record<string, string>;
  /** Another value once what the last person saw must go. */
  generation: () => number;
  onAnswer: (answer: Answer, isIntrospection: boolean) => void;
  onUnreachable: () => void;
}

/** Sends what GraphiQL runs; with a socket for each subscription, so that its identity is the one of this moment. */
export function createFetcher({ headers, generation, onAnswer, onUnreachable }: Observer): Fetcher {
  return async (parameters, options) => {
    const all = withHeaders(headers(), options?.headers as Record<string, unknown> | undefined);
    if (options?.documentAST && isSubscription(options.documentAST, parameters.operationName)) {
      return subscribe(parameters, all, onUnreachable);
    }
    const asked = generation();
    try {
      const answer = await send<Record<string, unknown>>(parameters, all);
      onAnswer(answer, parameters.operationName === 'IntrospectionQuery');
      if (asked !== generation()) return failure('This was answered to somebody who has signed out since.');
      return answer as never;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      onUnreachable();
      return failure(error.message);
    }
  };
}

/** In the shape of an answer: of an error that is thrown, GraphiQL would show the stack. */
const failure = (message: string) => ({ errors: [{ message }] }) as never;

/** The names of headers do not tell upper case from lower case: what comes later wins, however it is written. */
export function withHeaders(base: Record<string, string>, more: Record<string, unknown> = {}): Record<string, string> {
  const all = { ...base };
  for (const [name, value] of Object.entries(more)) {
    const same = Object.keys(all).find((known) => known.toLowerCase() === name.toLowerCase());
    if (same !== undefined) delete all[same];
    all[name] = String(value);
  }
  return all;
}

function isSubscription(document: DocumentNode, name: string | null | undefined): boolean {
  const operations = document.definitions.filter((definition) => definition.kind === 'OperationDefinition');
  const named = operations.find((operation) => operation.name?.value === name);
  return (named ?? operations[0])?.operation === 'subscription';
}

async function* subscribe(
  { query, variables, operationName }: FetcherParams,
  connectionParams: Record<string, string>,
  onUnreachable: () => void,
): AsyncGenerator<never> {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  // Not taken up again by itself: with the variables that it had, it would tell again what was told.
  const client = createClient({ url: `${scheme}://${location.host}/graphql`, connectionParams, retryAttempts: 0 });
  try {
    yield* client.iterate({ query, variables, operationName }) as AsyncIterable<never>;
  } catch (error) {
    if (Array.isArray(error)) {
      yield { errors: error as readonly GraphQLError[] } as never;
      return;
    }
    if (error instanceof CloseEvent) {
      if (error.code === 1006) onUnreachable();
      yield failure(`The connection was closed: ${error.reason || 'the server cannot be reached'} (${error.code}).`);
      return;
    }
    onUnreachable();
    yield failure(new Unreachable().message);
  } finally {
    await client.dispose();
  }
}
