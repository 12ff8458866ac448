import { useParams } from '@tanstack/react-router';
import { useQuery } from 'urql';
import { useViewer } from '~/app/viewer';
import { EmptyState, ErrorState, PageHeader, PageSkeleton, TextLink } from '~/ui';
import { DeploymentQuery } from './deploymentQuery';
import { DeploymentRun } from './DeploymentRun';

const CRUMBS = [
  <TextLink key="deployments" to="/deployments">
    Deployments
  </TextLink>,
];

export default function DeploymentPage() {
  const { id = '' } = useParams({ strict: false });
  const viewer = useViewer();
  const [{ data, error }, reload] = useQuery({ query: DeploymentQuery, variables: { id } });
  const refresh = () => reload({ requestPolicy: 'network-only' });

  if (data?.deployment) {
    return <DeploymentRun deployment={data.deployment} mayRun={viewer.can('MANAGE_DEPLOYMENTS')} onChanged={refresh} />;
  }
  return (
    <>
      <PageHeader title="Deployment" breadcrumbs={CRUMBS} />
      {error && <ErrorState error={error} onRetry={refresh} />}
      {data && !error && (
        <EmptyState title="Not found">This deployment does not exist, or you may not see it.</EmptyState>
      )}
      {!data && !error && <PageSkeleton />}
    </>
  );
}
