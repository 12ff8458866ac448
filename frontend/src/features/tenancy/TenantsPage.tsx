import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBuilding, IconPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useViewer } from '~/app/viewer';
import { graphql, type ResultOf, type Scalar } from '~/gql';
import {
  ConnectionTable,
  EmptyState,
  formatEnum,
  PageHeader,
  RelativeTime,
  StatusBadge,
  statusOptions,
  TextLink,
  useConnectionList,
  useListParams,
  type Column,
} from '~/ui';
import { NewTenantDialog } from './TenantDialog';
import { TENANT_TYPE_OPTIONS } from './tenantOptions';

const TenantsQuery = graphql(`
  query Tenants($first: Int, $after: String, $where: TenantWhere, $orderBy: TenantOrder) {
    tenants(first: $first, after: $after, where: $where, orderBy: $orderBy) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        name
        slug
        type
        status
        createdAt
      }
    }
  }
`);

type Tenant = ResultOf<typeof TenantsQuery>['tenants']['nodes'][number];
type OrderField = Scalar<'TenantOrderField'>;

const FILTERS = [
  { name: 'status', label: 'Status', options: statusOptions('tenant') },
  { name: 'type', label: 'Type', options: TENANT_TYPE_OPTIONS },
];

const COLUMNS: readonly Column<Tenant, OrderField>[] = [
  {
    key: 'name',
    header: 'Name',
    orderBy: 'NAME',
    cell: (tenant) => (
      <TextLink to="/tenants/$id" params={{ id: tenant.id }} stretched>
        {tenant.name}
      </TextLink>
    ),
  },
  { key: 'status', header: 'Status', cell: ({ status }) => <StatusBadge of="tenant" value={status} /> },
  { key: 'type', header: 'Type', cell: ({ type }) => formatEnum(type) },
  { key: 'slug', header: 'Slug', cell: ({ slug }) => <code>{slug}</code>, hideOnPhone: true },
  {
    key: 'created',
    header: 'Client since',
    orderBy: 'CREATED_AT',
    cell: ({ createdAt }) => <RelativeTime value={createdAt} />,
  },
];

export default function TenantsPage() {
  const viewer = useViewer();
  const navigate = useNavigate();
  const [opened, dialog] = useDisclosure(false);
  const params = useListParams<OrderField>({ field: 'NAME', direction: 'ASC' });
  const list = useConnectionList({
    query: TenantsQuery,
    connection: (data) => data.tenants,
    variables: {
      where: {
        search: params.search || undefined,
        status: params.where<Scalar<'TenantStatus'>>('status'),
        type: params.where<Scalar<'TenantType'>>('type'),
      },
      orderBy: params.orderBy,
    },
  });
  const create = viewer.can('MANAGE_TENANTS') ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
      New tenant
    </Button>
  ) : undefined;

  return (
    <>
      <PageHeader title="Tenants" description="The clients that you serve." actions={create} />
      <ConnectionTable
        label="Tenants"
        noun="tenant"
        list={list}
        params={params}
        columns={COLUMNS}
        filters={FILTERS}
        rowKey={(tenant) => tenant.id}
        empty={
          <EmptyState icon={IconBuilding} title="No tenants yet" action={create}>
            A tenant is a client, with its people, sites and devices.
          </EmptyState>
        }
      />
      {opened && (
        <NewTenantDialog
          onClose={dialog.close}
          onCreated={(id) => void navigate({ to: '/tenants/$id', params: { id } })}
        />
      )}
    </>
  );
}
