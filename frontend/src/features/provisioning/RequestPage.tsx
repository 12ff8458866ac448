import { Alert, Text } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { IconInfoCircle } from '@tabler/icons-react';
import { useCallback } from 'react';
import { useQuery } from 'urql';
import { usePolling } from '~/api/usePolling';
import { useViewer } from '~/app/viewer';
import type { Scalar } from '~/gql';
import {
  ErrorState,
  formatEnum,
  KeyValueList,
  PageHeader,
  PageSkeleton,
  RelativeTime,
  Section,
  StatusBadge,
  TextLink,
} from '~/ui';
import { formatSize } from './choices';
import { NotFound } from './NotFound';
import { PlanDrift } from './PlanDrift';
import { PlanView } from './PlanView';
import { RequestQuery, type ServerRequest } from './request';
import { RequestActions } from './RequestActions';
import { RequestDeployments } from './RequestDeployments';
import { RequestHistory } from './RequestHistory';
import classes from './RequestPage.module.css';

type Status = Scalar<'RequestStatus'>;

// Whoever is concerned is notified, and that reads it again at once; this is for everybody else.
const POLL_MS: Record<Status, number | null> = {
  PENDING: 15_000,
  APPROVED: 15_000,
  DEPLOYING: 4_000,
  FAILED: 30_000,
  DEPLOYED: 30_000,
  REJECTED: null,
  CANCELLED: null,
};

const UNDECIDED: readonly Status[] = ['PENDING', 'REJECTED', 'CANCELLED'];
/** Where a deployment may still come, and a change since the approval would stop it. */
const DEPLOYABLE: readonly Status[] = ['APPROVED', 'FAILED'];

export default function RequestPage() {
  const { id } = useParams({ strict: false }) as { id: string };
  const viewer = useViewer();
  const [{ data, error, fetching, stale }, execute] = useQuery({
    query: RequestQuery,
    variables: { id, canReadContent: viewer.can('MANAGE_DEPLOYMENTS') },
  });
  const refetch = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]);
  const request = data?.serverRequest?.id === id ? data.serverRequest : undefined;
  usePolling(refetch, request ? POLL_MS[request.status] : null);

  return (
    <>
      <PageHeader
        title={request?.name ?? 'Request'}
        breadcrumbs={[
          <TextLink key="requests" to="/requests">
            Requests
          </TextLink>,
        ]}
        badges={request && <StatusBadge of="request" value={request.status} />}
        description={
          request && (
            <>
              {formatEnum(request.serverType)} server{request.project && ` for ${request.project.name}`}, filed by{' '}
              {request.requester.name}{' '}
              <RelativeTime value={request.createdAt} />
            </>
          )
        }
        actions={request && <RequestActions request={request} refetch={refetch} />}
      />
      {request ? (
        <RequestBody request={request} />
      ) : error ? (
        <ErrorState error={error} onRetry={refetch} />
      ) : fetching || stale ? (
        <PageSkeleton />
      ) : (
        <NotFound />
      )}
    </>
  );
}

function RequestBody({ request }: { request: ServerRequest }) {
  const { status, plan, approvedPlan } = request;
  const bound = UNDECIDED.includes(status) ? null : approvedPlan;
  const mayEdit = request.actions.some(({ name, allowed }) => name === 'EDIT' && allowed);
  return (
    <div className={classes.layout}>
      <div className={classes.main}>
        <Decision request={request} />
        {bound && DEPLOYABLE.includes(status) && <PlanDrift approved={bound} now={plan} />}
        <Section {...planWords(status, bound !== null)}>
          <PlanView plan={bound ?? plan} given={request.variables} completeId={mayEdit ? request.id : undefined} />
        </Section>
      </div>
      <div className={classes.side}>
        {request.deployments.length > 0 && (
          <Section title="Deployments" flush>
            <RequestDeployments deployments={request.deployments} />
          </Section>
        )}
        {request.previews.length > 0 && (
          <Section title="Previews" description="What it would change: nothing was done." flush>
            <RequestDeployments deployments={request.previews} />
          </Section>
        )}
        <Section title="Request">
          <KeyValueList
            entries={[
              [
                'Project',
                request.project && (
                  <TextLink key="project" to="/projects/$id" params={{ id: request.project.id }}>
                    {request.project.name}
                  </TextLink>
                ),
              ],
              ['Tenant', request.project?.tenant.name],
              ['Requester', request.requester.name],
              ['Size', formatSize(request.cpu, request.memoryGb, request.storageGb)],
              ['Operating system', request.operatingSystem],
              ['Application', request.applicationType],
              ['Priority', <StatusBadge key="priority" of="priority" value={request.priority} variant="plain" />],
              ['Expected usage', formatEnum(request.expectedUsage)],
              [
                'Justification',
                <span key="justification" className={classes.prose}>
                  {request.justification}
                </span>,
              ],
            ]}
          />
        </Section>
        <Section title="History">
          <RequestHistory history={request.history} />
        </Section>
      </div>
    </div>
  );
}

function planWords(status: Status, bound: boolean): { title: string; description: string } {
  if (bound) {
    return { title: 'What was approved', description: 'The plan that a deployment carries out: this and nothing else.' };
  }
  if (status === 'PENDING') {
    return { title: 'What would happen', description: 'If it is approved and deployed, exactly this is run.' };
  }
  return { title: 'What was asked for', description: 'The request is closed: nothing of this will be run.' };
}

/** The decision and its note, where they are what one came to read. */
function Decision({ request }: { request: ServerRequest }) {
  if (!request.decidedBy || !request.decisionNote) return null;
  const rejected = request.status === 'REJECTED';
  return (
    <Alert
      color={rejected ? 'red' : 'blue'}
      role="note"
      icon={<IconInfoCircle size={18} aria-hidden />}
      title={`${rejected ? 'Rejected' : 'Approved'} by ${request.decidedBy.name}`}
    >
      <Text size="sm" className={classes.prose}>
        {request.decisionNote}
      </Text>
    </Alert>
  );
}
