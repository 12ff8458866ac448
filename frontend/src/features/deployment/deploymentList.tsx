import { graphql, type ResultOf } from '~/gql';
import { formatDuration, RelativeTime, StatusBadge, TextLink, type Column } from '~/ui';
import { DeploymentProgressCell } from './DeploymentProgressCell';

export const DeploymentsQuery = graphql(`
  query Deployments($first: Int, $after: String, $where: DeploymentWhere, $orderBy: DeploymentOrder) {
    deployments(first: $first, after: $after, where: $where, orderBy: $orderBy) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        status
        createdAt
        startedAt
        finishedAt
        project {
          id
          name
        }
        startedBy {
          id
          name
        }
        progress {
          finished
          planned
          percent
        }
        plan {
          scriptName
          targets {
            name
          }
        }
      }
    }
  }
`);

export type ListedDeployment = ResultOf<typeof DeploymentsQuery>['deployments']['nodes'][number];

const title = ({ plan }: ListedDeployment) => plan.scriptName ?? 'Deployment';

function targets({ plan: { targets: all } }: ListedDeployment): string {
  const [first, ...others] = all.map(({ name }) => name);
  if (!first) return '–';
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

function took({ startedAt, finishedAt }: ListedDeployment): string {
  if (!startedAt || !finishedAt) return '–';
  return formatDuration(Date.parse(finishedAt) - Date.parse(startedAt));
}

/** Columns of a list of deployments; where all are of one project, that column says nothing. */
export const DEPLOYMENT_COLUMNS: readonly Column<ListedDeployment, 'CREATED_AT'>[] = [
  {
    key: 'script',
    header: 'Script',
    cell: (deployment) => (
      <TextLink to="/deployments/$id" params={{ id: deployment.id }} stretched>
        {title(deployment)}
      </TextLink>
    ),
  },
  {
    key: 'status',
    header: 'Status',
    cell: (deployment) => <StatusBadge of="deployment" value={deployment.status} />,
  },
  {
    key: 'progress',
    header: 'Progress',
    cell: (deployment) => (
      <DeploymentProgressCell
        status={deployment.status}
        progress={deployment.progress}
        label={`Progress of ${title(deployment)} on ${targets(deployment)}`}
      />
    ),
  },
  {
    key: 'project',
    header: 'Project',
    cell: ({ project }) => (
      <TextLink to="/projects/$id" params={{ id: project.id }}>
        {project.name}
      </TextLink>
    ),
  },
  { key: 'targets', header: 'Targets', cell: targets },
  { key: 'startedBy', header: 'Started by', cell: ({ startedBy }) => startedBy.name, hideOnPhone: true },
  { key: 'took', header: 'Took', align: 'end', cell: took, hideOnPhone: true },
  {
    key: 'created',
    header: 'Created',
    orderBy: 'CREATED_AT',
    cell: (deployment) => <RelativeTime value={deployment.createdAt} />,
  },
];
