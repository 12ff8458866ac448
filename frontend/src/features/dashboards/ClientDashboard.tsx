import { Text } from '@mantine/core';
import { IconBuilding } from '@tabler/icons-react';
import { mayAccess, useViewer } from '~/app/viewer';
import { ACCESS } from '~/app/access';
import { graphql, type Scalar } from '~/gql';
import { EmptyState, formatCount, StatusBadge, statusLook, TextLink } from '~/ui';
import { Activity } from './fragments';
import { Columns, Loaded, RecentActivity, Row, RowWords, Tile, Tiles, WorkList } from './parts';
import { useDashboard } from './useDashboard';

const ClientDashboardQuery = graphql(
  `
    query ClientDashboard {
      tenants(first: 20, orderBy: { field: NAME }) {
        totalCount
        nodes {
          id
          name
          status
        }
      }
      sites(first: 10, orderBy: { field: NAME }) {
        totalCount
        nodes {
          id
          name
          address
          tenant {
            id
            name
          }
          devices(first: 1) {
            totalCount
          }
        }
      }
      online: devices(first: 1, where: { status: [ONLINE] }) {
        totalCount
      }
      offline: devices(first: 1, where: { status: [OFFLINE] }) {
        totalCount
      }
      maintenance: devices(first: 1, where: { status: [MAINTENANCE] }) {
        totalCount
      }
      error: devices(first: 1, where: { status: [ERROR] }) {
        totalCount
      }
      decommissioned: devices(first: 1, where: { status: [DECOMMISSIONED] }) {
        totalCount
      }
      viewer {
        ...DashboardActivity
      }
    }
  `,
  [Activity],
);

const DEVICE_TILES = [
  { field: 'online', label: 'Devices online' },
  { field: 'offline', label: 'Devices offline' },
  { field: 'maintenance', label: 'In maintenance' },
  { field: 'error', label: 'With an error' },
  { field: 'decommissioned', label: 'Decommissioned' },
] as const;

export default function ClientDashboard() {
  const viewer = useViewer();
  if (!mayAccess(viewer, ACCESS.tenants)) {
    return (
      <EmptyState icon={IconBuilding} title="You do not belong to a tenant yet">
        Ask whoever manages your organisation here to add you. Its sites and devices then appear on this page.
      </EmptyState>
    );
  }
  return <MemberDashboard />;
}

function MemberDashboard() {
  const { data, error, refetch } = useDashboard(ClientDashboardQuery, {});
  const { memberships } = useViewer();
  return (
    <Loaded data={data} error={error} refetch={refetch}>
      {(loaded) => (
        <>
          <Tiles>
            {DEVICE_TILES.map(({ field, label }) => {
              const status = field.toUpperCase() as Scalar<'DeviceStatus'>;
              const { icon, tone } = statusLook('device', status);
              return (
                <Tile
                  key={field}
                  label={label}
                  value={loaded[field].totalCount}
                  icon={icon}
                  tone={tone}
                  link={(words) => (
                    <TextLink stretched to="/devices" search={{ status }}>
                      {words}
                    </TextLink>
                  )}
                />
              );
            })}
          </Tiles>
          <Columns
            main={
              <>
                <WorkList title="My tenants" none="You belong to no tenant.">
                  {loaded.tenants.nodes.map((tenant) => {
                    const role = memberships.find((membership) => membership.tenant.id === tenant.id)?.role;
                    return (
                      <Row key={tenant.id}>
                        <RowWords>
                          <TextLink stretched to="/tenants/$id" params={{ id: tenant.id }}>
                            {tenant.name}
                          </TextLink>
                        </RowWords>
                        {role && <StatusBadge of="membershipRole" value={role} />}
                        <StatusBadge of="tenant" value={tenant.status} />
                      </Row>
                    );
                  })}
                </WorkList>
                <WorkList
                  title="Sites"
                  none="No site was added yet."
                  actions={
                    loaded.sites.totalCount > loaded.sites.nodes.length ? (
                      <TextLink to="/sites">All {formatCount(loaded.sites.totalCount, 'site')}</TextLink>
                    ) : undefined
                  }
                >
                  {loaded.sites.nodes.slice(0, 10).map((site) => (
                    <Row key={site.id}>
                      <RowWords>
                        <TextLink stretched to="/sites" search={{ q: site.name }}>
                          {site.name}
                        </TextLink>
                        <Text size="xs" c="dimmed">
                          {[site.tenant.name, site.address].filter(Boolean).join(' · ')}
                        </Text>
                      </RowWords>
                      <Text size="sm" c="dimmed">
                        {formatCount(site.devices.totalCount, 'device')}
                      </Text>
                    </Row>
                  ))}
                </WorkList>
              </>
            }
            side={<RecentActivity notifications={loaded.viewer.notifications.nodes} />}
          />
        </>
      )}
    </Loaded>
  );
}
