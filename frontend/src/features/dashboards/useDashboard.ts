import { useCallback } from 'react';
import { useQuery, type AnyVariables, type TypedDocumentNode } from 'urql';
import { usePolling } from '~/api/usePolling';

const POLL_MS = 20_000;

/** A dashboard's one query, kept current while it is looked at. */
export function useDashboard<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
) {
  const [{ data, error }, execute] = useQuery({ query, variables });
  const refetch = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]);
  usePolling(refetch, POLL_MS);
  return { data, error, refetch };
}
