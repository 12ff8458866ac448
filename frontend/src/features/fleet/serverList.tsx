import { graphql, type ResultOf, type Scalar } from '~/gql';
import { Labels } from './Labels';
import { Money, RelativeTime, StatusBadge, TextLink, type Column } from '~/ui';

export const ServersQuery = graphql(`
  query Servers($first: Int, $after: String, $where: ServerWhere, $orderBy: ServerOrder) {
    servers(first: $first, after: $after, where: $where, orderBy: $orderBy) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        name
        type
        address
        status
        deploymentStatus
        monthlyPriceCents
        hostKeyFingerprint
        labels
        createdAt
        project {
          id
          name
        }
      }
    }
  }
`);

export type ListedServer = ResultOf<typeof ServersQuery>['servers']['nodes'][number];
export type ServerOrderField = Scalar<'ServerOrderField'>;

export const SERVER_COLUMNS: readonly Column<ListedServer, ServerOrderField>[] = [
  {
    key: 'name',
    header: 'Name',
    orderBy: 'NAME',
    cell: (server) => (
      <TextLink to="/servers/$id" params={{ id: server.id }} stretched>
        {server.name}
      </TextLink>
    ),
  },
  { key: 'address', header: 'Address', cell: ({ address }) => <code>{address}</code> },
  {
    key: 'project',
    header: 'Project',
    cell: ({ project }) => (
      <TextLink to="/projects/$id" params={{ id: project.id }}>
        {project.name}
      </TextLink>
    ),
  },
  { key: 'status', header: 'Status', cell: ({ status }) => <StatusBadge of="server" value={status} variant="plain" /> },
  {
    key: 'deployment',
    header: 'Deployment',
    cell: ({ deploymentStatus }) => <StatusBadge of="serverDeployment" value={deploymentStatus} />,
  },
  { key: 'labels', header: 'Labels', cell: ({ labels }) => <Labels labels={labels} />, hideOnPhone: true },
  { key: 'type', header: 'Type', cell: ({ type }) => (type ? <code>{type}</code> : '–'), hideOnPhone: true },
  {
    key: 'price',
    header: 'Price a month',
    align: 'end',
    cell: ({ monthlyPriceCents }) => <Money cents={monthlyPriceCents} />,
  },
  {
    key: 'created',
    header: 'Registered',
    orderBy: 'CREATED_AT',
    cell: ({ createdAt }) => <RelativeTime value={createdAt} />,
    hideOnPhone: true,
  },
];
