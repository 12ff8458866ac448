import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { graphql } from '~/gql';
import { ConnectionTable, EmptyState, PageHeader, useConnectionList, useListParams } from '~/ui';
import { accessTokenColumns, AccessTokenRow, type AccessToken, type AccessTokenOrderField } from './accessTokenList';
import { AccessTokenDocumentsDialog } from './AccessTokenDocumentsDialog';
import { NewAccessTokenDialog } from './NewAccessTokenDialog';
import { RevokeAccessTokenDialog } from './RevokeAccessTokenDialog';

const AccessTokensQuery = graphql(
  `
    query AccessTokens($first: Int, $after: String, $where: AccessTokenWhere, $orderBy: AccessTokenOrder) {
      viewer {
        accessTokens(first: $first, after: $after, where: $where, orderBy: $orderBy) {
          totalCount
          pageInfo {
            hasNextPage
            endCursor
          }
          nodes {
            ...AccessTokenRow
          }
        }
      }
    }
  `,
  [AccessTokenRow],
);

const FILTERS = [
  {
    name: 'active',
    label: 'Status',
    options: [
      { value: 'true', label: 'Can be used' },
      { value: 'false', label: 'Expired or revoked' },
    ],
  },
];

export default function AccessTokensPage() {
  const [opened, dialog] = useDisclosure(false);
  const [revoked, setRevoked] = useState<AccessToken | null>(null);
  const [shown, setShown] = useState<AccessToken | null>(null);
  const params = useListParams<AccessTokenOrderField>({ field: 'CREATED_AT', direction: 'DESC' });
  const active = params.values('active');
  const list = useConnectionList({
    query: AccessTokensQuery,
    connection: (data) => data.viewer.accessTokens,
    variables: {
      where: {
        search: params.search || undefined,
        // Both are all of them.
        active: active.length === 1 ? active[0] === 'true' : undefined,
      },
      orderBy: params.orderBy,
    },
  });
  const columns = useMemo(() => accessTokenColumns({ onRevoke: setRevoked, onDocuments: setShown }), []);
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
      New access token
    </Button>
  );

  return (
    <>
      <PageHeader
        title="Access tokens"
        description="By which programs act with your rights, until they expire or you revoke them."
        actions={create}
      />
      <ConnectionTable
        label="Access tokens"
        noun="access token"
        list={list}
        params={params}
        columns={columns}
        filters={FILTERS}
        rowKey={(token) => token.id}
        empty={
          <EmptyState icon={IconKey} title="No access tokens" action={create}>
            A program that uses the API on your behalf needs one.
          </EmptyState>
        }
      />
      {opened && <NewAccessTokenDialog onClose={dialog.close} />}
      {shown && <AccessTokenDocumentsDialog key={shown.id} token={shown} onClose={() => setShown(null)} />}
      {revoked && <RevokeAccessTokenDialog key={revoked.id} token={revoked} onClose={() => setRevoked(null)} />}
    </>
  );
}
