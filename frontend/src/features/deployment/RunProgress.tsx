import { Group, Text } from '@mantine/core';
import { formatDuration, RelativeTime, type Tone } from '~/ui';
import { ProgressBar } from '~/ui/ProgressBar';
import type { Deployment } from './deploymentQuery';
import classes from './RunProgress.module.css';
import { isOver, type Progress } from './useRunLog';

interface RunProgressProps {
  deployment: Deployment;
  status: Deployment['status'];
  progress: Progress;
  now: number;
}

const TONES: Record<Deployment['status'], Tone> = {
  PENDING: 'yellow',
  RUNNING: 'blue',
  COMPLETED: 'green',
  FAILED: 'red',
  CANCELLED: 'gray',
  UNKNOWN: 'orange',
};

/** How far the run is and for how long it has been going. */
export function RunProgress({ deployment, status, progress, now }: RunProgressProps) {
  const { startedAt, finishedAt } = deployment;
  const over = isOver(status);
  const elapsed = startedAt ? Date.parse(finishedAt ?? new Date(now).toISOString()) - Date.parse(startedAt) : null;
  return (
    <div className={classes.panel}>
      <Group justify="space-between" gap="sm" mb={8}>
        <Text size="sm" fw={550}>
          {words(status, progress)}
        </Text>
        <Group className={classes.facts}>
          <span>
            Started by <strong>{deployment.startedBy.name}</strong> <RelativeTime value={startedAt ?? deployment.createdAt} />
          </span>
          {elapsed !== null && (
            <span>
              {over ? 'Took' : 'Running for'} <strong>{formatDuration(Math.max(0, elapsed))}</strong>
            </span>
          )}
        </Group>
      </Group>
      {/* Before it starts, and after it ended without a plan, a bar would show what nobody knows. */}
      {status !== 'PENDING' && !(over && progress.percent == null) && (
        <ProgressBar label="Progress of the deployment" percent={progress.percent ?? null} tone={TONES[status]} />
      )}
    </div>
  );
}

function words(status: Deployment['status'], { finished, planned, percent }: Progress): string {
  if (status === 'PENDING') return 'Waiting for its turn';
  if (planned == null) return `${finished} ${finished === 1 ? 'task' : 'tasks'} finished`;
  return `${finished} of ${planned} tasks finished${percent == null ? '' : ` · ${percent}%`}`;
}
