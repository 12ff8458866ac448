import { IconAlertTriangle, IconBuilding, IconClock, IconLoader2, IconUsers } from '@tabler/icons-react';
import { graphql } from '~/gql';
import { ButtonLink, TextLink } from '~/ui';
import { Activity, DeploymentRow, RequestRow } from './fragments';
import { Columns, DeploymentLine, Loaded, RecentActivity, RequestLine, Tile, Tiles, WorkList } from './parts';
import { useDashboard } from './useDashboard';

const AdminDashboardQuery = graphql(
  `
    query AdminDashboard {
      waiting: serverRequests(
        first: 6
        where: { status: [PENDING] }
        orderBy: { field: CREATED_AT, direction: ASC }
      ) {
        totalCount
        nodes {
          ...DashboardRequest
        }
      }
      running: deployments(first: 5, where: { status: [PENDING, RUNNING] }) {
        totalCount
        nodes {
          ...DashboardDeployment
        }
      }
      failed: deployments(first: 5, where: { status: [FAILED, UNKNOWN] }) {
        totalCount
        nodes {
          ...DashboardDeployment
        }
      }
      tenants(first: 1) {
        totalCount
      }
      users(first: 1) {
        totalCount
      }
      viewer {
        ...DashboardActivity
      }
    }
  `,
  [RequestRow, DeploymentRow, Activity],
);

export default function AdminDashboard() {
  const { data, error, refetch } = useDashboard(AdminDashboardQuery, {});
  return (
    <Loaded data={data} error={error} refetch={refetch}>
      {({ waiting, running, failed, tenants, users, viewer }) => (
        <>
          <Tiles>
            <Tile
              label="Waiting for a decision"
              value={waiting.totalCount}
              icon={IconClock}
              tone="yellow"
              link={(words) => (
                <TextLink stretched to="/requests" search={{ status: 'PENDING' }}>
                  {words}
                </TextLink>
              )}
            />
            <Tile
              label="Running deployments"
              value={running.totalCount}
              icon={IconLoader2}
              tone="blue"
              link={(words) => (
                <TextLink stretched to="/deployments" search={{ status: ['PENDING', 'RUNNING'] }}>
                  {words}
                </TextLink>
              )}
            />
            <Tile
              label="Failed deployments"
              value={failed.totalCount}
              icon={IconAlertTriangle}
              tone="red"
              link={(words) => (
                <TextLink stretched to="/deployments" search={{ status: ['FAILED', 'UNKNOWN'] }}>
                  {words}
                </TextLink>
              )}
            />
            <Tile
              label="Tenants"
              value={tenants.totalCount}
              icon={IconBuilding}
              link={(words) => (
                <TextLink stretched to="/tenants">
                  {words}
                </TextLink>
              )}
            />
            <Tile
              label="Users"
              value={users.totalCount}
              icon={IconUsers}
              link={(words) => (
                <TextLink stretched to="/users">
                  {words}
                </TextLink>
              )}
            />
          </Tiles>
          <Columns
            main={
              <>
                <WorkList
                  title="Waiting for a decision"
                  description="The oldest first."
                  none="Nothing waits for you. New requests appear here."
                  actions={
                    <ButtonLink to="/requests" search={{ status: 'PENDING' }} variant="default" size="xs">
                      All pending
                    </ButtonLink>
                  }
                >
                  {waiting.nodes.slice(0, 6).map((request) => (
                    <RequestLine key={request.id} request={request} />
                  ))}
                </WorkList>
                <WorkList title="Running deployments" none="Nothing is running.">
                  {running.nodes.slice(0, 5).map((deployment) => (
                    <DeploymentLine key={deployment.id} deployment={deployment} />
                  ))}
                </WorkList>
                <WorkList title="Failed deployments" description="The newest first." none="No deployment has failed.">
                  {failed.nodes.slice(0, 5).map((deployment) => (
                    <DeploymentLine key={deployment.id} deployment={deployment} />
                  ))}
                </WorkList>
              </>
            }
            side={<RecentActivity notifications={viewer.notifications.nodes} />}
          />
        </>
      )}
    </Loaded>
  );
}
