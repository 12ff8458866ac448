import { useCallback, useState } from 'react';
import { useQuery, type AnyVariables, type CombinedError, type TypedDocumentNode } from 'urql';

export interface Connection<Node> {
  nodes: readonly Node[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
  totalCount?: number;
}

export interface ConnectionList<Node> {
  nodes: readonly Node[];
  totalCount: number | undefined;
  hasNextPage: boolean;
  /** Nothing to show yet. */
  loading: boolean;
  /** Something is shown while newer or further data is on its way. */
  refreshing: boolean;
  error: CombinedError | undefined;
  loadMore: () => void;
  reload: () => void;
}

interface Options<Data, Variables extends AnyVariables, Node> {
  /** Declares `$first: Int, $after: String` beside its own variables. */
  query: TypedDocumentNode<Data, Variables>;
  /** Everything but `first` and `after`; a change starts again at the first page. */
  variables: Omit<Variables, 'first' | 'after'>;
  connection: (data: Data) => Connection<Node> | null | undefined;
  pageSize?: number;
  pause?: boolean;
}

/** Reads a connection page by page; the cache joins the pages, so `nodes` holds all that were loaded. */
export function useConnectionList<Data, Variables extends AnyVariables, Node>({
  query,
  variables,
  connection,
  pageSize = 25,
  pause = false,
}: Options<Data, Variables, Node>): ConnectionList<Node> {
  const key = JSON.stringify(variables);
  const [page, setPage] = useState<{ key: string; after: string | null }>({ key, after: null });
  const after = page.key === key ? page.after : null;

  const [{ data, fetching, stale, error }, execute] = useQuery({
    query,
    variables: { ...variables, first: pageSize, after } as unknown as Variables,
    pause,
  });

  const current = data ? connection(data) : undefined;
  const endCursor = current?.pageInfo.endCursor ?? null;

  const loadMore = useCallback(() => setPage({ key, after: endCursor }), [key, endCursor]);
  const reload = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]);

  return {
    nodes: current?.nodes ?? [],
    totalCount: current?.totalCount,
    hasNextPage: current?.pageInfo.hasNextPage ?? false,
    loading: !current && !error && !pause,
    refreshing: Boolean(current) && (fetching || stale),
    error,
    loadMore,
    reload,
  };
}
