import { Badge, Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus, IconUsers } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { graphql, type ResultOf, type Scalar } from '~/gql';
import {
  ConnectionTable,
  EmptyState,
  PageHeader,
  RelativeTime,
  StatusBadge,
  statusOptions,
  useConnectionList,
  useListParams,
  type Column,
} from '~/ui';
import { UserAccessTokensDialog } from './UserAccessTokensDialog';
import { EditUserDialog, NewUserDialog } from './UserDialog';

const UsersQuery = graphql(`
  query Users($first: Int, $after: String, $where: UserWhere, $orderBy: UserOrder) {
    users(first: $first, after: $after, where: $where, orderBy: $orderBy) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        name
        email
        username
        userType
        level
        isManager
        status
        createdAt
        memberships {
          role
          tenant {
            id
            name
          }
        }
      }
    }
  }
`);

type User = ResultOf<typeof UsersQuery>['users']['nodes'][number];
type OrderField = Scalar<'UserOrderField'>;

const FILTERS = [
  { name: 'level', label: 'Level', options: statusOptions('level') },
  { name: 'status', label: 'Status', options: statusOptions('user') },
];

const COLUMNS: readonly Column<User, OrderField>[] = [
  { key: 'name', header: 'Name', orderBy: 'NAME', width: 170, cell: ({ name }) => name },
  {
    key: 'level',
    header: 'Level',
    cell: ({ level, isManager }) => (
      <span>
        <StatusBadge of="level" value={level} /> {isManager && <Badge color="teal">Manager</Badge>}
      </span>
    ),
  },
  { key: 'status', header: 'Status', cell: ({ status }) => <StatusBadge of="user" value={status} variant="plain" /> },
  { key: 'email', header: 'Email', cell: ({ email }) => email ?? '–' },
  { key: 'username', header: 'User name', cell: ({ username }) => username ?? '–', hideOnPhone: true },
  {
    key: 'tenants',
    header: 'Tenants',
    cell: ({ memberships }) => memberships.map(({ tenant }) => tenant.name).join(', ') || '–',
    hideOnPhone: true,
  },
  {
    key: 'created',
    header: 'Added',
    orderBy: 'CREATED_AT',
    cell: ({ createdAt }) => <RelativeTime value={createdAt} />,
    hideOnPhone: true,
  },
];

export default function UsersPage() {
  const [opened, dialog] = useDisclosure(false);
  const [edited, setEdited] = useState<User | null>(null);
  const [holder, setHolder] = useState<User | null>(null);
  const params = useListParams<OrderField>({ field: 'NAME', direction: 'ASC' });
  const list = useConnectionList({
    query: UsersQuery,
    connection: (data) => data.users,
    variables: {
      where: {
        search: params.search || undefined,
        level: params.where<Scalar<'PermissionLevel'>>('level'),
        status: params.where<Scalar<'UserStatus'>>('status'),
      },
      orderBy: params.orderBy,
    },
  });
  const columns = useMemo(
    (): readonly Column<User, OrderField>[] => [
      ...COLUMNS,
      {
        key: 'edit',
        header: 'Actions',
        buttons: true,
        align: 'end',
        cell: (user) => (
          <Group gap={6} justify="flex-end" wrap="nowrap">
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Access tokens of ${user.name}`}
              onClick={() => setHolder(user)}
            >
              Tokens
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`Edit ${user.name}`}
              onClick={() => setEdited(user)}
            >
              Edit
            </Button>
          </Group>
        ),
      },
    ],
    [],
  );
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
      New user
    </Button>
  );

  return (
    <>
      <PageHeader title="Users" description="Who may sign in, and what they may do." actions={create} />
      <ConnectionTable
        label="Users"
        noun="user"
        list={list}
        params={params}
        columns={columns}
        filters={FILTERS}
        rowKey={(user) => user.id}
        empty={<EmptyState icon={IconUsers} title="No users" action={create} />}
      />
      {opened && <NewUserDialog onClose={dialog.close} />}
      {holder && <UserAccessTokensDialog key={holder.id} user={holder} onClose={() => setHolder(null)} />}
      {edited && <EditUserDialog key={edited.id} user={edited} onClose={() => setEdited(null)} />}
    </>
  );
}
