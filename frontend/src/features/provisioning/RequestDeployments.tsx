import '~/ui/theme/mantine-more.css';
import { Progress, Text } from '@mantine/core';
import { formatDuration, RelativeTime, StatusBadge, TextLink } from '~/ui';
import type { RequestDeployment } from './request';
import classes from './RequestDeployments.module.css';

/** Every run of this request, newest first. */
export function RequestDeployments({ deployments }: { deployments: readonly RequestDeployment[] }) {
  const ordered = [...deployments].sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  return (
    <ul className={classes.list}>
      {ordered.map((deployment) => (
        <li key={deployment.id} className={classes.item}>
          <div className={classes.line}>
            <TextLink stretched to="/deployments/$id" params={{ id: deployment.id }}>
              Started by {deployment.startedBy.name}
            </TextLink>
            <StatusBadge of="deployment" value={deployment.status} />
          </div>
          <Advance deployment={deployment} />
          {deployment.failureMessage && (
            <Text size="sm" className={classes.failure}>
              {deployment.failureMessage}
            </Text>
          )}
          <Text size="xs" c="dimmed">
            <RelativeTime value={deployment.createdAt} />
            {deployment.startedAt && deployment.finishedAt && (
              <> · took {formatDuration(Date.parse(deployment.finishedAt) - Date.parse(deployment.startedAt))}</>
            )}
          </Text>
        </li>
      ))}
    </ul>
  );
}

function Advance({ deployment: { status, progress } }: { deployment: RequestDeployment }) {
  if (status !== 'RUNNING' && status !== 'PENDING') return null;
  const { finished, planned, percent } = progress;
  const words = planned === null ? `${finished} tasks finished` : `${finished} of ${planned} tasks`;
  return (
    <div>
      <Progress value={percent ?? 0} size="sm" animated={status === 'RUNNING'} aria-label={`Progress: ${words}`} />
      <Text size="xs" c="dimmed" mt={4}>
        {words}
      </Text>
    </div>
  );
}
