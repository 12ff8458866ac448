import { useMemo, useState } from 'react';
import { useQuery } from 'urql';
import { graphql } from '~/gql';
import { DataTable, Dialog, EmptyState } from '~/ui';
import { accessTokenColumns, AccessTokenRow, type AccessToken } from './accessTokenList';
import { AccessTokenDocumentsDialog } from './AccessTokenDocumentsDialog';
import { RevokeAccessTokenDialog } from './RevokeAccessTokenDialog';

const UserAccessTokens = graphql(
  `
    query UserAccessTokens($id: ID!) {
      node(id: $id) {
        __typename
        id
        ... on User {
          accessTokens(first: 100) {
            nodes {
              ...AccessTokenRow
            }
          }
        }
      }
    }
  `,
  [AccessTokenRow],
);

/** Somebody's access tokens, for who keeps accounts. */
export function UserAccessTokensDialog({ user, onClose }: { user: { id: string; name: string }; onClose: () => void }) {
  const [revoked, setRevoked] = useState<AccessToken | null>(null);
  const [shown, setShown] = useState<AccessToken | null>(null);
  const [{ data, fetching, error }, reload] = useQuery({ query: UserAccessTokens, variables: { id: user.id } });
  const columns = useMemo(() => accessTokenColumns({ onRevoke: setRevoked, onDocuments: setShown }), []);
  const tokens = data?.node?.__typename === 'User' ? data.node.accessTokens.nodes : [];
  return (
    <>
      <Dialog opened={!revoked && !shown} onClose={onClose} title={`Access tokens of ${user.name}`} size="70rem">
        <DataTable
          label={`Access tokens of ${user.name}`}
          columns={columns}
          rows={tokens}
          rowKey={(token) => token.id}
          loading={fetching && !data}
          error={error}
          onRetry={() => reload({ requestPolicy: 'network-only' })}
          empty={<EmptyState title="No access tokens">No program acts with their rights.</EmptyState>}
        />
      </Dialog>
      {shown && <AccessTokenDocumentsDialog key={shown.id} token={shown} onClose={() => setShown(null)} />}
      {revoked && <RevokeAccessTokenDialog key={revoked.id} token={revoked} onClose={() => setRevoked(null)} />}
    </>
  );
}
