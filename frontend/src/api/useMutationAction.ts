import { useCallback } from 'react';
import { useMutation, type AnyVariables, type TypedDocumentNode } from 'urql';
import { showToast } from '~/ui/toasts';
import type { UserError } from './userErrors';
import { errorSentence } from './errors';

interface Payload {
  userErrors: readonly UserError[];
}

/**
 * Runs a mutation and answers its payload, or null when no answer came (the reason is then shown as a toast).
 * `pick` names the payload: `useMutationAction(Approve, (data) => data.approveServerRequest)`.
 */
export function useMutationAction<Data, Variables extends AnyVariables, P extends Payload>(
  document: TypedDocumentNode<Data, Variables>,
  pick: (data: Data) => P,
) {
  const [{ fetching }, execute] = useMutation(document);
  const run = useCallback(
    async (variables: Variables): Promise<P | null> => {
      const { data, error } = await execute(variables);
      if (error || !data) {
        showToast({
          color: 'red',
          title: 'That did not work',
          message: error ? errorSentence(error) : 'The server sent no answer.',
        });
        return null;
      }
      return pick(data);
    },
    // `pick` is a projection: it never changes its meaning between renders.
    [execute],
  );
  return { run, pending: fetching };
}
