import { IconRocket } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useQuery } from 'urql';
import type { Scalar } from '~/gql';
import { graphql } from '~/gql';
import {
  ConnectionTable,
  EmptyState,
  PageHeader,
  statusOptions,
  useConnectionList,
  useListParams,
} from '~/ui';
import { DEPLOYMENT_COLUMNS, DeploymentsQuery } from './deploymentList';
import { useRefreshWhile } from './useRefreshWhile';

const ProjectNamesQuery = graphql(`
  query DeploymentProjects {
    projects(first: 100, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        id
        name
      }
    }
  }
`);

export default function DeploymentsPage() {
  const params = useListParams<'CREATED_AT'>({ field: 'CREATED_AT', direction: 'DESC' });
  const [{ data: known }] = useQuery({ query: ProjectNamesQuery });
  const list = useConnectionList({
    query: DeploymentsQuery,
    connection: (data) => data.deployments,
    variables: {
      where: {
        status: params.where<Scalar<'DeploymentStatus'>>('status'),
        // The schema filters by one project.
        projectId: params.values('project').at(-1),
      },
      orderBy: params.orderBy,
    },
  });
  useRefreshWhile(list);

  const filters = useMemo(
    () => [
      { name: 'status', label: 'Status', options: statusOptions('deployment') },
      {
        name: 'project',
        label: 'Project',
        single: true,
        options: (known?.projects.nodes ?? []).map(({ id, name }) => ({ value: id, label: name })),
      },
    ],
    [known],
  );

  return (
    <>
      <PageHeader title="Deployments" description="What ran on your servers, what runs now, and how it went." />
      <ConnectionTable
        label="Deployments"
        noun="deployment"
        list={list}
        params={params}
        columns={DEPLOYMENT_COLUMNS}
        filters={filters}
        searchable={false}
        rowKey={(deployment) => deployment.id}
        empty={
          <EmptyState icon={IconRocket} title="No deployments yet">
            A deployment starts when an approved request is deployed, or a script is run.
          </EmptyState>
        }
      />
    </>
  );
}
