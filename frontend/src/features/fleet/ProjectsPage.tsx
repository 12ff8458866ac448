import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconFolders, IconPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useViewer } from '~/app/viewer';
import { graphql, type ResultOf, type Scalar } from '~/gql';
import {
  ConnectionTable,
  EmptyState,
  formatMoney,
  PageHeader,
  StatusBadge,
  TextLink,
  useConnectionList,
  useListParams,
  type Column,
} from '~/ui';
import { Meter } from './Meter';
import { NewProjectDialog } from './NewProjectDialog';

const ProjectsQuery = graphql(`
  query Projects($first: Int, $after: String, $where: ProjectWhere, $orderBy: ProjectOrder, $canManageServers: Boolean!) {
    projects(first: $first, after: $after, where: $where, orderBy: $orderBy) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        name
        description
        serverCount
        maxServers
        monthlyCostCents
        monthlyBudgetCents
        viewerAccess
        tenant {
          id
          name
        }
        ssh @include(if: $canManageServers) {
          hasPrivateKey
          testStatus
        }
      }
    }
  }
`);

type Project = ResultOf<typeof ProjectsQuery>['projects']['nodes'][number];
type OrderField = Scalar<'ProjectOrderField'>;

const COLUMNS: readonly Column<Project, OrderField>[] = [
  {
    key: 'name',
    header: 'Name',
    orderBy: 'NAME',
    cell: (project) => (
      <span>
        <TextLink to="/projects/$id" params={{ id: project.id }} stretched>
          {project.name}
        </TextLink>
        {project.description && (
          <Text size="sm" c="dimmed" lineClamp={1} visibleFrom="sm">
            {project.description}
          </Text>
        )}
      </span>
    ),
  },
  { key: 'tenant', header: 'Belongs to', cell: ({ tenant }) => tenant.name },
  {
    key: 'servers',
    header: 'Servers',
    cell: ({ name, serverCount, maxServers }) => (
      <Meter label={`Servers of ${name}`} used={serverCount} most={maxServers}>
        {serverCount} of {maxServers}
      </Meter>
    ),
  },
  {
    key: 'cost',
    header: 'Cost a month',
    cell: ({ name, monthlyCostCents, monthlyBudgetCents }) => (
      <Meter label={`Monthly cost of ${name}`} used={monthlyCostCents} most={monthlyBudgetCents}>
        {formatMoney(monthlyCostCents)} of {formatMoney(monthlyBudgetCents)}
      </Meter>
    ),
  },
  {
    key: 'access',
    header: 'Your access',
    cell: ({ viewerAccess }) => (viewerAccess ? <StatusBadge of="access" value={viewerAccess} variant="plain" /> : '–'),
  },
];

const CONNECTION: Column<Project, OrderField> = {
  key: 'connection',
  header: 'Connection',
  cell: ({ ssh }) => {
    if (!ssh) return '–';
    if (!ssh.hasPrivateKey) return <StatusBadge of="connectionTest" value="NO_KEY" />;
    return ssh.testStatus ? (
      <StatusBadge of="connectionTest" value={ssh.testStatus} />
    ) : (
      <Text component="span" inherit c="dimmed">
        Not tested
      </Text>
    );
  },
};

export default function ProjectsPage() {
  const viewer = useViewer();
  const navigate = useNavigate();
  const [opened, dialog] = useDisclosure(false);
  const canManageServers = viewer.can('MANAGE_SERVERS');
  const params = useListParams<OrderField>({ field: 'NAME', direction: 'ASC' });
  const list = useConnectionList({
    query: ProjectsQuery,
    connection: (data) => data.projects,
    variables: { where: { search: params.search || undefined }, orderBy: params.orderBy, canManageServers },
  });
  const create = viewer.can('MANAGE_PROJECTS') ? (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={dialog.open}>
      New project
    </Button>
  ) : undefined;

  return (
    <>
      <PageHeader
        title="Projects"
        description="Servers that belong together: with a limit, a budget, one connection, and the people who reach them."
        actions={create}
      />
      <ConnectionTable
        label="Projects"
        noun="project"
        list={list}
        params={params}
        columns={canManageServers ? [...COLUMNS, CONNECTION] : COLUMNS}
        rowKey={(project) => project.id}
        empty={
          <EmptyState icon={IconFolders} title="No projects for you yet" action={create}>
            An administrator gives you access to the projects that you work on.
          </EmptyState>
        }
      />
      {opened && (
        <NewProjectDialog
          onClose={dialog.close}
          onCreated={(id) => void navigate({ to: '/projects/$id', params: { id } })}
        />
      )}
    </>
  );
}
