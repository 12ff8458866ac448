import { Badge, Button, Group, Text } from '@mantine/core';
import { graphql, type ResultOf, type Scalar } from '~/gql';
import { formatDateTime, RelativeTime, StatusBadge, type Column } from '~/ui';
import { tokenState } from './accessToken';

export const AccessTokenRow = graphql(`
  fragment AccessTokenRow on AccessToken @_unmask {
    id
    name
    secretStart
    readOnly
    confined
    createdAt
    expiresAt
    lastUsedAt
    revokedAt
  }
`);

export type AccessToken = ResultOf<typeof AccessTokenRow>;
export type AccessTokenOrderField = Scalar<'AccessTokenOrderField'>;

const COLUMNS: readonly Column<AccessToken, AccessTokenOrderField>[] = [
  { key: 'name', header: 'Name', orderBy: 'NAME', cell: ({ name }) => name },
  { key: 'state', header: 'Status', cell: (token) => <StatusBadge of="accessToken" value={tokenState(token)} variant="plain" /> },
  { key: 'start', header: 'Secret', cell: ({ secretStart }) => <Text component="code" size="sm" ff="monospace">{secretStart}…</Text> },
  {
    key: 'rights',
    header: 'Rights',
    cell: ({ readOnly, confined }) => (
      <Group gap={6} wrap="nowrap">
        {readOnly ? <Badge color="gray">Only reads</Badge> : <Badge color="blue">Reads and writes</Badge>}
        {confined && <Badge color="teal">Own documents</Badge>}
      </Group>
    ),
  },
  {
    key: 'used',
    header: 'Last used',
    cell: ({ lastUsedAt }) => (lastUsedAt ? <RelativeTime value={lastUsedAt} /> : 'Never'),
  },
  {
    key: 'expires',
    header: 'Expires',
    orderBy: 'EXPIRES_AT',
    cell: ({ expiresAt }) => formatDateTime(expiresAt),
  },
  {
    key: 'created',
    header: 'Created',
    orderBy: 'CREATED_AT',
    cell: ({ createdAt }) => <RelativeTime value={createdAt} />,
    hideOnPhone: true,
  },
];

interface Actions {
  onRevoke: (token: AccessToken) => void;
  onDocuments: (token: AccessToken) => void;
}

/** The columns of a list of access tokens, with what can be done with each. */
export function accessTokenColumns({ onRevoke, onDocuments }: Actions): readonly Column<AccessToken, AccessTokenOrderField>[] {
  return [
    ...COLUMNS,
    {
      key: 'revoke',
      header: 'Actions',
      buttons: true,
      align: 'end',
      cell: (token) => (
        <Group gap={6} justify="flex-end" wrap="nowrap">
          {token.confined && (
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Documents of ${token.name}`}
              onClick={() => onDocuments(token)}
            >
              Documents
            </Button>
          )}
          {tokenState(token) === 'ACTIVE' && (
            <Button size="compact-sm" variant="default" aria-label={`Revoke ${token.name}`} onClick={() => onRevoke(token)}>
              Revoke
            </Button>
          )}
        </Group>
      ),
    },
  ];
}
