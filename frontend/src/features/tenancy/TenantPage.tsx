import { Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil } from '@tabler/icons-react';
import { useParams } from '@tanstack/react-router';
import { useQuery } from 'urql';
import { useViewer } from '~/app/viewer';
import { keepsTenant } from '~/features/inventory/inventoryAccess';
import { SitesSection } from '~/features/inventory/SitesSection';
import { graphql, type ResultOf } from '~/gql';
import {
  ActionButton,
  CopyableCode,
  DataTable,
  EmptyState,
  ErrorState,
  formatEnum,
  KeyValueList,
  PageHeader,
  PageSkeleton,
  RelativeTime,
  Section,
  StatusBadge,
  TextLink,
  type Column,
} from '~/ui';
import { EditTenantDialog } from './TenantDialog';

const TenantQuery = graphql(`
  query Tenant($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on Tenant {
        name
        slug
        type
        status
        createdAt
        updatedAt
        members {
          role
          status
          user {
            id
            name
          }
        }
      }
    }
  }
`);

type Tenant = Extract<NonNullable<ResultOf<typeof TenantQuery>['node']>, { __typename: 'Tenant' }>;
type Member = Tenant['members'][number];

const MEMBER_COLUMNS: readonly Column<Member>[] = [
  { key: 'name', header: 'Name', cell: ({ user }) => user.name },
  { key: 'role', header: 'Role', cell: ({ role }) => <StatusBadge of="membershipRole" value={role} /> },
  {
    key: 'status',
    header: 'Membership',
    cell: ({ status }) => <StatusBadge of="membership" value={status} variant="plain" />,
  },
];

const CRUMBS = [
  <TextLink key="tenants" to="/tenants">
    Tenants
  </TextLink>,
];

export default function TenantPage() {
  const { id = '' } = useParams({ strict: false });
  const viewer = useViewer();
  const [opened, dialog] = useDisclosure(false);
  const [{ data, error }, reload] = useQuery({ query: TenantQuery, variables: { id } });
  const tenant = data?.node?.__typename === 'Tenant' ? data.node : null;

  if (!tenant) {
    return (
      <>
        <PageHeader title="Tenant" breadcrumbs={CRUMBS} />
        {error && <ErrorState error={error} onRetry={() => reload({ requestPolicy: 'network-only' })} />}
        {data && !error && <EmptyState title="Not found">This tenant does not exist, or you may not see it.</EmptyState>}
        {!data && !error && <PageSkeleton />}
      </>
    );
  }

  const classifies = viewer.can('MANAGE_TENANTS');
  return (
    <>
      <PageHeader
        title={tenant.name}
        breadcrumbs={CRUMBS}
        badges={<StatusBadge of="tenant" value={tenant.status} />}
        actions={
          <ActionButton
            variant="default"
            allowed={classifies || keepsTenant(viewer, tenant.id)}
            reason="Only a tenant's owner and administrators change it."
            leftSection={<IconPencil size={16} aria-hidden />}
            onClick={dialog.open}
          >
            Edit
          </ActionButton>
        }
      />
      <Stack gap="lg">
        <Section title="Details">
          <KeyValueList
            columns={3}
            entries={[
              ['Type', formatEnum(tenant.type)],
              ['Slug', <CopyableCode key="slug" value={tenant.slug} label="slug" />],
              ['Client since', <RelativeTime key="created" value={tenant.createdAt} />],
            ]}
          />
        </Section>
        <Section title="Members" flush>
          <DataTable
            label={`Members of ${tenant.name}`}
            columns={MEMBER_COLUMNS}
            rows={tenant.members}
            rowKey={({ user }) => user.id}
            empty={<EmptyState title="No members yet">Nobody of this client can sign in.</EmptyState>}
          />
        </Section>
        <SitesSection tenant={tenant} />
      </Stack>
      {opened && <EditTenantDialog tenant={tenant} classifies={classifies} onClose={dialog.close} />}
    </>
  );
}
