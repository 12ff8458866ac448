import { useMemo } from 'react';
import { DataTable, EmptyState, LoadMore, Section, useConnectionList } from '~/ui';
import { DEPLOYMENT_COLUMNS, DeploymentsQuery } from './deploymentList';
import { useRefreshWhile } from './useRefreshWhile';

interface DeploymentsSectionProps {
  title: string;
  where: { projectId?: string; scriptId?: string };
  empty: string;
}

/** The deployments of a project or a script, newest first. */
export function DeploymentsSection({ title, where, empty }: DeploymentsSectionProps) {
  const list = useConnectionList({
    query: DeploymentsQuery,
    connection: (data) => data.deployments,
    pageSize: 10,
    variables: { where, orderBy: { field: 'CREATED_AT', direction: 'DESC' } },
  });
  useRefreshWhile(list);
  const columns = useMemo(
    () => DEPLOYMENT_COLUMNS.filter(({ key }) => !(where.projectId && key === 'project')),
    [where.projectId],
  );
  return (
    <Section title={title} flush>
      <DataTable
        label={title}
        columns={columns}
        rows={list.nodes}
        rowKey={(deployment) => deployment.id}
        loading={list.loading}
        error={list.error}
        onRetry={list.reload}
        empty={<EmptyState title="No deployments yet">{empty}</EmptyState>}
      />
      <LoadMore list={list} plural="deployments" />
    </Section>
  );
}
