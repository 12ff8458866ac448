import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useQuery } from 'urql';
import { useViewer, type Viewer } from '~/app/viewer';
import { graphql, type ResultOf, type Scalar } from '~/gql';
import {
  ActionButton,
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
import { EditDeviceDialog, NewDeviceDialog } from './DeviceDialog';
import { DEVICE_TYPE_OPTIONS } from './deviceForm';
import { INVENTORY_REASON, keepsInventory, keepsSomeInventory } from './inventoryAccess';

const DevicesQuery = graphql(`
  query Devices($first: Int, $after: String, $where: DeviceWhere, $orderBy: DeviceOrder) {
    devices(first: $first, after: $after, where: $where, orderBy: $orderBy) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        name
        type
        serialNumber
        status
        metadata
        createdAt
        site {
          id
          name
        }
        tenant {
          id
          name
        }
      }
    }
  }
`);

const DeviceFiltersQuery = graphql(`
  query DeviceFilters {
    sites(first: 100, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        id
        name
      }
    }
  }
`);

type Device = ResultOf<typeof DevicesQuery>['devices']['nodes'][number];
type OrderField = Scalar<'DeviceOrderField'>;

const FILTERS = [
  { name: 'status', label: 'Status', options: statusOptions('device') },
  { name: 'type', label: 'Type', options: DEVICE_TYPE_OPTIONS },
];

const COLUMNS: readonly Column<Device, OrderField>[] = [
  { key: 'name', header: 'Name', orderBy: 'NAME', cell: (device) => device.name },
  {
    key: 'status',
    header: 'Status',
    orderBy: 'STATUS',
    cell: (device) => <StatusBadge of="device" value={device.status} />,
  },
  { key: 'type', header: 'Type', cell: (device) => formatEnum(device.type) },
  { key: 'site', header: 'Site', cell: (device) => device.site.name },
  {
    key: 'tenant',
    header: 'Tenant',
    cell: ({ tenant }) => (
      <TextLink to="/tenants/$id" params={{ id: tenant.id }}>
        {tenant.name}
      </TextLink>
    ),
  },
  { key: 'serial', header: 'Serial number', cell: (device) => <code>{device.serialNumber}</code>, hideOnPhone: true },
  {
    key: 'created',
    header: 'Added',
    orderBy: 'CREATED_AT',
    cell: (device) => <RelativeTime value={device.createdAt} />,
    hideOnPhone: true,
  },
];

export default function DevicesPage() {
  const viewer = useViewer();
  const [opened, dialog] = useDisclosure(false);
  const [edited, setEdited] = useState<Device | null>(null);
  const [{ data: known }] = useQuery({ query: DeviceFiltersQuery });
  const params = useListParams<OrderField>({ field: 'NAME', direction: 'ASC' });
  const list = useConnectionList({
    query: DevicesQuery,
    connection: (data) => data.devices,
    variables: {
      where: {
        search: params.search || undefined,
        status: params.where<Scalar<'DeviceStatus'>>('status'),
        type: params.where<Scalar<'DeviceType'>>('type'),
        siteId: params.values('site').at(-1),
      },
      orderBy: params.orderBy,
    },
  });
  const filters = useMemo(
    () => [
      ...FILTERS,
      {
        name: 'site',
        label: 'Site',
        single: true,
        options: (known?.sites.nodes ?? []).map(({ id, name }) => ({ value: id, label: name })),
      },
    ],
    [known],
  );
  const keeps = keepsSomeInventory(viewer);
  const columns = useMemo(() => (keeps ? [...COLUMNS, editColumn(viewer, setEdited)] : COLUMNS), [keeps, viewer]);
  const create = keeps ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
      New device
    </Button>
  ) : undefined;

  return (
    <>
      <PageHeader title="Devices" description="What runs at your clients' sites." actions={create} />
      <ConnectionTable
        label="Devices"
        noun="device"
        list={list}
        params={params}
        columns={columns}
        filters={filters}
        rowKey={(device) => device.id}
        empty={
          <EmptyState title="No devices yet" action={create}>
            Devices appear here once they are added to a site.
          </EmptyState>
        }
      />
      {opened && <NewDeviceDialog mayChoose={(id) => keepsInventory(viewer, id)} onClose={dialog.close} />}
      {edited && <EditDeviceDialog key={edited.id} device={edited} onClose={() => setEdited(null)} />}
    </>
  );
}

const editColumn = (viewer: Viewer, onEdit: (device: Device) => void): Column<Device, OrderField> => ({
  key: 'edit',
  header: 'Actions',
  buttons: true,
  align: 'end',
  cell: (device) => (
    <ActionButton
      size="compact-sm"
      variant="default"
      aria-label={`Edit ${device.name}`}
      allowed={keepsInventory(viewer, device.tenant.id)}
      reason={INVENTORY_REASON}
      onClick={() => onEdit(device)}
    >
      Edit
    </ActionButton>
  ),
});
