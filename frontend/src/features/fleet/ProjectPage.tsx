import '~/ui/theme/mantine-more.css';
import { Stack, Tabs } from '@mantine/core';
import { IconInfoCircle, IconPlugConnected, IconServer2, IconUsers } from '@tabler/icons-react';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useQuery } from 'urql';
import type { Search } from '~/app/search';
import { useViewer } from '~/app/viewer';
import { DeploymentsSection } from '~/features/deployment/DeploymentsSection';
import { EmptyState, ErrorState, PageHeader, PageSkeleton, StatusBadge, TextLink } from '~/ui';
import { MaintenanceWindows } from './MaintenanceWindows';
import { ProjectAccess } from './ProjectAccess';
import { ProjectConnection } from './ProjectConnection';
import { ProjectOverview } from './ProjectOverview';
import classes from './ProjectPage.module.css';
import { asProject, ProjectQuery } from './projectQuery';
import { ProjectServers } from './ProjectServers';

const CRUMBS = [
  <TextLink key="projects" to="/projects">
    Projects
  </TextLink>,
];

export default function ProjectPage() {
  const { id = '' } = useParams({ strict: false });
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const viewer = useViewer();
  const canManageServers = viewer.can('MANAGE_SERVERS');
  const canManageProjects = viewer.can('MANAGE_PROJECTS');
  const [{ data, error }, reload] = useQuery({
    query: ProjectQuery,
    variables: { id, canManageServers, canManageProjects },
  });
  const refresh = () => reload({ requestPolicy: 'network-only' });
  const project = asProject(data);

  if (!project) {
    return (
      <>
        <PageHeader title="Project" breadcrumbs={CRUMBS} />
        {error && <ErrorState error={error} onRetry={refresh} />}
        {data && !error && (
          <EmptyState title="Not found">This project does not exist, or you have no access to it.</EmptyState>
        )}
        {!data && !error && <PageSkeleton />}
      </>
    );
  }

  const mayWrite = canManageServers && (project.viewerAccess === 'WRITE' || project.viewerAccess === 'ADMIN');
  const mayAdminister = canManageServers && project.viewerAccess === 'ADMIN';
  const tabs = ['overview', 'servers', ...(project.ssh ? ['connection'] : []), ...(project.access ? ['access'] : [])];
  const wanted = [search.tab].flat()[0] ?? 'overview';

  return (
    <>
      <PageHeader
        title={project.name}
        breadcrumbs={CRUMBS}
        badges={project.viewerAccess && <StatusBadge of="access" value={project.viewerAccess} />}
        description={project.description}
      />
      <Tabs
        value={tabs.includes(wanted) ? wanted : 'overview'}
        onChange={(tab) =>
          void navigate({
            to: '.',
            replace: true,
            resetScroll: false,
            search: { tab: tab === 'overview' ? undefined : (tab ?? undefined) } as never,
          })
        }
      >
        <Tabs.List mb="lg" className={classes.tabs}>
          <Tabs.Tab value="overview" leftSection={<IconInfoCircle size={16} aria-hidden />}>
            Overview
          </Tabs.Tab>
          <Tabs.Tab value="servers" leftSection={<IconServer2 size={16} aria-hidden />}>
            Servers
          </Tabs.Tab>
          {project.ssh && (
            <Tabs.Tab value="connection" leftSection={<IconPlugConnected size={16} aria-hidden />}>
              Connection
            </Tabs.Tab>
          )}
          {project.access && (
            <Tabs.Tab value="access" leftSection={<IconUsers size={16} aria-hidden />}>
              Access
            </Tabs.Tab>
          )}
        </Tabs.List>
        <Tabs.Panel value="overview">
          <Stack gap="lg">
            <ProjectOverview project={project} mayEdit={mayAdminister} />
            <MaintenanceWindows project={project} mayEdit={mayAdminister} />
            <DeploymentsSection
              title="Deployments"
              where={{ projectId: id }}
              empty="What is deployed to this project's servers appears here."
            />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="servers">
          <ProjectServers project={project} mayWrite={mayWrite} canManageServers={canManageServers} onChanged={refresh} />
        </Tabs.Panel>
        {project.ssh && (
          <Tabs.Panel value="connection">
            <ProjectConnection project={project} ssh={project.ssh} mayEdit={mayAdminister} mayTest={mayWrite} />
          </Tabs.Panel>
        )}
        {project.access && (
          <Tabs.Panel value="access">
            <ProjectAccess project={project} access={project.access} />
          </Tabs.Panel>
        )}
      </Tabs>
    </>
  );
}
