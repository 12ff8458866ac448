import { IconChecklist, IconPlus } from '@tabler/icons-react';
import { useCallback } from 'react';
import { useQuery } from 'urql';
import { usePolling } from '~/api/usePolling';
import { isStaff, Requires, useViewer } from '~/app/viewer';
import { graphql, type ResultOf, type Scalar } from '~/gql';
import {
  ButtonLink,
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
import { formatSize, REQUESTS_POLL_MS } from './choices';
import { StatusTabs } from './StatusTabs';

const RequestsQuery = graphql(`
  query ServerRequests($first: Int, $after: String, $where: ServerRequestWhere, $orderBy: ServerRequestOrder) {
    serverRequests(first: $first, after: $after, where: $where, orderBy: $orderBy) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        name
        serverType
        cpu
        memoryGb
        storageGb
        priority
        status
        createdAt
        requester {
          id
          name
        }
        project {
          id
          name
        }
      }
    }
  }
`);

const ProjectNames = graphql(`
  query RequestFilterProjects {
    projects(first: 100, orderBy: { field: NAME }) {
      nodes {
        id
        name
      }
    }
  }
`);

type Request = ResultOf<typeof RequestsQuery>['serverRequests']['nodes'][number];
type OrderField = Scalar<'ServerRequestOrderField'>;

const COLUMNS: readonly Column<Request, OrderField>[] = [
  {
    key: 'name',
    header: 'Name',
    orderBy: 'NAME',
    cell: (request) => (
      <TextLink stretched to="/requests/$id" params={{ id: request.id }}>
        {request.name}
      </TextLink>
    ),
  },
  { key: 'status', header: 'Status', cell: (request) => <StatusBadge of="request" value={request.status} /> },
  {
    key: 'priority',
    header: 'Priority',
    cell: (request) => <StatusBadge of="priority" value={request.priority} variant="plain" />,
  },
  { key: 'project', header: 'Project', cell: (request) => request.project?.name },
  { key: 'requester', header: 'Requester', cell: (request) => request.requester.name },
  {
    key: 'size',
    header: 'Server',
    cell: ({ serverType, cpu, memoryGb, storageGb }) =>
      `${formatEnum(serverType)} · ${formatSize(cpu, memoryGb, storageGb)}`,
    hideOnPhone: true,
  },
  {
    key: 'age',
    header: 'Filed',
    orderBy: 'CREATED_AT',
    cell: (request) => <RelativeTime value={request.createdAt} />,
  },
];

export default function RequestsPage() {
  const viewer = useViewer();
  const params = useListParams<OrderField>({ field: 'CREATED_AT', direction: 'DESC' });
  const [{ data: projects }] = useQuery({ query: ProjectNames });

  const where = {
    search: params.search || undefined,
    priority: params.where<Scalar<'Priority'>>('priority'),
    projectId: params.where('project')?.[0],
    mine: params.values('mine').includes('yes') || undefined,
  };
  const list = useConnectionList({
    query: RequestsQuery,
    connection: (data) => data.serverRequests,
    variables: { where: { ...where, status: params.where<Scalar<'RequestStatus'>>('status') }, orderBy: params.orderBy },
  });
  const { reload } = list;
  usePolling(useCallback(() => reload(), [reload]), REQUESTS_POLL_MS);

  const newRequest = (
    <Requires permission="CREATE_REQUESTS">
      <ButtonLink to="/requests/new" leftSection={<IconPlus size={16} aria-hidden />}>
        New request
      </ButtonLink>
    </Requires>
  );

  return (
    <>
      <PageHeader
        title="Requests"
        description={isStaff(viewer) ? 'Servers that were asked for, and what became of them.' : 'Servers asked for in your projects.'}
        actions={newRequest}
      />
      <StatusTabs params={params} where={where} />
      <ConnectionTable
        label="Server requests"
        noun="request"
        list={list}
        params={params}
        columns={COLUMNS}
        filters={[
          { name: 'priority', label: 'Priority', options: statusOptions('priority') },
          {
            name: 'project',
            label: 'Project',
            single: true,
            options: (projects?.projects.nodes ?? []).map(({ id, name }) => ({ value: id, label: name })),
          },
        ]}
        rowKey={(request) => request.id}
        empty={
          <EmptyState icon={IconChecklist} title="No requests yet" action={newRequest}>
            {viewer.can('CREATE_REQUESTS')
              ? 'Ask for the first server: it is approved, then deployed, and everybody concerned can watch.'
              : 'Requests for servers appear here once somebody files one in a project of yours.'}
          </EmptyState>
        }
      />
    </>
  );
}
