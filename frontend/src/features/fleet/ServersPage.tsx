import { IconServer2 } from '@tabler/icons-react';
import { useMemo } from 'react';
import { useQuery } from 'urql';
import { graphql, type Scalar } from '~/gql';
import { ConnectionTable, EmptyState, PageHeader, statusOptions, useConnectionList, useListParams } from '~/ui';
import { SERVER_COLUMNS, ServersQuery, type ServerOrderField } from './serverList';

const ServerProjectsQuery = graphql(`
  query ServerProjects {
    serverLabels
    projects(first: 100, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        id
        name
      }
    }
  }
`);

export default function ServersPage() {
  const params = useListParams<ServerOrderField>({ field: 'NAME', direction: 'ASC' });
  const [{ data: known }] = useQuery({ query: ServerProjectsQuery });
  const list = useConnectionList({
    query: ServersQuery,
    connection: (data) => data.servers,
    variables: {
      where: {
        search: params.search || undefined,
        projectId: params.values('project').at(-1),
        deploymentStatus: params.where<Scalar<'ServerDeploymentStatus'>>('deployment'),
        status: params.where<Scalar<'ServerStatus'>>('status'),
        labels: params.values('label').length > 0 ? [...params.values('label')] : undefined,
      },
      orderBy: params.orderBy,
    },
  });
  const filters = useMemo(
    () => [
      {
        name: 'project',
        label: 'Project',
        single: true,
        options: (known?.projects.nodes ?? []).map(({ id, name }) => ({ value: id, label: name })),
      },
      { name: 'deployment', label: 'Deployment', options: statusOptions('serverDeployment') },
      { name: 'status', label: 'Status', options: statusOptions('server') },
      { name: 'label', label: 'Labels', options: (known?.serverLabels ?? []).map((label) => ({ value: label, label })) },
    ],
    [known],
  );
  return (
    <>
      <PageHeader title="Servers" description="Every server of the projects that you reach." />
      <ConnectionTable
        label="Servers"
        noun="server"
        list={list}
        params={params}
        columns={SERVER_COLUMNS}
        filters={filters}
        rowKey={(server) => server.id}
        empty={
          <EmptyState icon={IconServer2} title="No servers yet">
            Servers are registered in a project.
          </EmptyState>
        }
      />
    </>
  );
}
