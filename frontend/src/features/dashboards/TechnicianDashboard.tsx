import { Text } from '@mantine/core';
import { IconCircleCheck, IconFolders, IconLoader2, IconPlugConnectedX } from '@tabler/icons-react';
import { graphql, type ResultOf } from '~/gql';
import { formatCount, StatusBadge, TextLink } from '~/ui';
import { Activity, DeploymentRow, RequestRow } from './fragments';
import { Columns, DeploymentLine, Loaded, RecentActivity, RequestLine, Row, RowWords, Tile, Tiles, WorkList } from './parts';
import { useDashboard } from './useDashboard';

const TechnicianDashboardQuery = graphql(
  `
    query TechnicianDashboard {
      ready: serverRequests(
        first: 6
        where: { status: [APPROVED] }
        orderBy: { field: UPDATED_AT, direction: ASC }
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
      projects(first: 50, orderBy: { field: NAME }) {
        totalCount
        nodes {
          id
          name
          serverCount
          viewerAccess
          tenant {
            id
            name
          }
          ssh {
            hasPrivateKey
            testStatus
            testMessage
          }
        }
      }
      viewer {
        ...DashboardActivity
      }
    }
  `,
  [RequestRow, DeploymentRow, Activity],
);

type Project = ResultOf<typeof TechnicianDashboardQuery>['projects']['nodes'][number];

/** Why the project's servers cannot be reached; null when nothing is known to be wrong. */
function problem({ ssh }: Project) {
  if (!ssh.hasPrivateKey) return { status: 'NO_KEY' as const, message: 'No private key: nothing can be deployed.' };
  if (ssh.testStatus === null || ssh.testStatus === 'OK') return null;
  return { status: ssh.testStatus, message: ssh.testMessage ?? 'The last connection test failed.' };
}

export default function TechnicianDashboard() {
  const { data, error, refetch } = useDashboard(TechnicianDashboardQuery, {});
  return (
    <Loaded data={data} error={error} refetch={refetch}>
      {({ ready, running, projects, viewer }) => {
        const problems = projects.nodes.flatMap((project) => {
          const found = problem(project);
          return found ? [{ project, ...found }] : [];
        });
        return (
          <>
            <Tiles>
              <Tile
                label="Ready to deploy"
                value={ready.totalCount}
                icon={IconCircleCheck}
                tone="iris"
                link={(words) => (
                  <TextLink stretched to="/requests" search={{ status: 'APPROVED' }}>
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
                label="Connection problems"
                value={problems.length}
                icon={IconPlugConnectedX}
                tone="red"
                hint={
                  projects.totalCount > projects.nodes.length
                    ? `in the first ${formatCount(projects.nodes.length, 'project')}`
                    : undefined
                }
                link={(words) => (
                  <TextLink stretched to="/projects">
                    {words}
                  </TextLink>
                )}
              />
              <Tile
                label="Projects"
                value={projects.totalCount}
                icon={IconFolders}
                link={(words) => (
                  <TextLink stretched to="/projects">
                    {words}
                  </TextLink>
                )}
              />
            </Tiles>
            <Columns
              main={
                <>
                  <WorkList
                    title="Ready to deploy"
                    description="Approved, the longest waiting first."
                    none="Nothing waits to be deployed."
                  >
                    {ready.nodes.slice(0, 6).map((request) => (
                      <RequestLine key={request.id} request={request} />
                    ))}
                  </WorkList>
                  <WorkList title="Running deployments" none="Nothing is running.">
                    {running.nodes.slice(0, 5).map((deployment) => (
                      <DeploymentLine key={deployment.id} deployment={deployment} />
                    ))}
                  </WorkList>
                  <WorkList
                    title="Connection problems"
                    description="As of each project's last test."
                    none="Every project that was tested can be reached."
                  >
                    {problems.map(({ project, status, message }) => (
                      <Row key={project.id}>
                        <RowWords>
                          <TextLink stretched to="/projects/$id" params={{ id: project.id }}>
                            {project.name}
                          </TextLink>
                          <Text size="xs" c="dimmed">
                            {message}
                          </Text>
                        </RowWords>
                        <StatusBadge of="connectionTest" value={status} />
                      </Row>
                    ))}
                  </WorkList>
                </>
              }
              side={
                <>
                  <WorkList title="My projects" none="No project was granted to you yet.">
                    {projects.nodes.slice(0, 8).map((project) => (
                      <Row key={project.id}>
                        <RowWords>
                          <TextLink stretched to="/projects/$id" params={{ id: project.id }}>
                            {project.name}
                          </TextLink>
                          <Text size="xs" c="dimmed">
                            {project.tenant.name} · {formatCount(project.serverCount, 'server')}
                          </Text>
                        </RowWords>
                        {project.viewerAccess && <StatusBadge of="access" value={project.viewerAccess} />}
                      </Row>
                    ))}
                  </WorkList>
                  <RecentActivity notifications={viewer.notifications.nodes} />
                </>
              }
            />
          </>
        );
      }}
    </Loaded>
  );
}
