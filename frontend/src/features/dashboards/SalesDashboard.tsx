import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconClock, IconRocket } from '@tabler/icons-react';
import { graphql, type Scalar } from '~/gql';
import { ButtonLink, statusLook, TextLink, type Tone } from '~/ui';
import { Activity, RequestRow } from './fragments';
import { Columns, Loaded, RecentActivity, RequestLine, Tile, Tiles, WorkList } from './parts';
import { useDashboard } from './useDashboard';

const SalesDashboardQuery = graphql(
  `
    query SalesDashboard {
      mine: serverRequests(first: 8, where: { mine: true }, orderBy: { field: UPDATED_AT, direction: DESC }) {
        totalCount
        nodes {
          ...DashboardRequest
        }
      }
      approved: serverRequests(
        first: 6
        where: { status: [APPROVED, DEPLOYING, DEPLOYED] }
        orderBy: { field: UPDATED_AT, direction: DESC }
      ) {
        totalCount
        nodes {
          ...DashboardRequest
        }
      }
      minePending: serverRequests(first: 1, where: { mine: true, status: [PENDING] }) {
        totalCount
      }
      mineApproved: serverRequests(first: 1, where: { mine: true, status: [APPROVED, DEPLOYING] }) {
        totalCount
      }
      mineDeployed: serverRequests(first: 1, where: { mine: true, status: [DEPLOYED] }) {
        totalCount
      }
      mineRejected: serverRequests(first: 1, where: { mine: true, status: [REJECTED] }) {
        totalCount
      }
      mineFailed: serverRequests(first: 1, where: { mine: true, status: [FAILED] }) {
        totalCount
      }
      viewer {
        ...DashboardActivity
      }
    }
  `,
  [RequestRow, Activity],
);

const TILES: readonly {
  field: 'minePending' | 'mineApproved' | 'mineDeployed' | 'mineRejected' | 'mineFailed';
  status: readonly [Scalar<'RequestStatus'>, ...Scalar<'RequestStatus'>[]];
  icon: typeof IconClock;
  tone: Tone;
}[] = [
  { field: 'minePending', status: ['PENDING'], icon: IconClock, tone: 'yellow' },
  { field: 'mineApproved', status: ['APPROVED', 'DEPLOYING'], icon: IconCircleCheck, tone: 'iris' },
  { field: 'mineDeployed', status: ['DEPLOYED'], icon: IconRocket, tone: 'green' },
  { field: 'mineRejected', status: ['REJECTED'], icon: IconCircleX, tone: 'red' },
  { field: 'mineFailed', status: ['FAILED'], icon: IconAlertTriangle, tone: 'red' },
];

export default function SalesDashboard() {
  const { data, error, refetch } = useDashboard(SalesDashboardQuery, {});
  return (
    <Loaded data={data} error={error} refetch={refetch}>
      {(loaded) => (
        <>
          <Tiles>
            {TILES.map(({ field, status, icon, tone }) => (
              <Tile
                key={field}
                label={`My ${statusLook('request', status[0]).label.toLowerCase()} requests`}
                value={loaded[field].totalCount}
                icon={icon}
                tone={tone}
                link={(words) => (
                  <TextLink stretched to="/requests" search={{ status: [...status], mine: 'yes' }}>
                    {words}
                  </TextLink>
                )}
              />
            ))}
          </Tiles>
          <Columns
            main={
              <>
                <WorkList
                  title="My requests"
                  description="What moved last comes first."
                  none="You have not asked for a server yet."
                  actions={
                    <ButtonLink to="/requests" search={{ mine: 'yes' }} variant="default" size="xs">
                      All of mine
                    </ButtonLink>
                  }
                >
                  {loaded.mine.nodes.slice(0, 8).map((request) => (
                    <RequestLine key={request.id} request={request} />
                  ))}
                </WorkList>
                <WorkList
                  title="Approved servers"
                  description="In the projects that you see."
                  none="No request in your projects is approved yet."
                >
                  {loaded.approved.nodes.slice(0, 6).map((request) => (
                    <RequestLine key={request.id} request={request} />
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
