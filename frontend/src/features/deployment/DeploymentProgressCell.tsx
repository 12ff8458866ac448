import { Text } from '@mantine/core';
import { ProgressBar } from '~/ui/ProgressBar';
import type { Tone } from '~/ui';
import type { Scalar } from '~/gql';
import classes from './DeploymentProgressCell.module.css';

interface DeploymentProgressCellProps {
  status: Scalar<'DeploymentStatus'>;
  progress: { finished: number; planned: number | null; percent: number | null };
  label: string;
}

const TONES: Partial<Record<Scalar<'DeploymentStatus'>, Tone>> = {
  RUNNING: 'blue',
  COMPLETED: 'green',
  FAILED: 'red',
  UNKNOWN: 'orange',
};

/** Progress in a row: a bar and the counts behind it. */
export function DeploymentProgressCell({ status, progress, label }: DeploymentProgressCellProps) {
  const { finished, planned, percent } = progress;
  if (status === 'PENDING') return <Text component="span" inherit c="dimmed">Not started</Text>;
  const unknown = percent == null;
  return (
    <span className={classes.progress}>
      {(!unknown || status === 'RUNNING') && (
        <span className={classes.bar}>
          <ProgressBar size="sm" label={label} percent={percent ?? null} tone={TONES[status] ?? 'gray'} />
        </span>
      )}
      <span className={classes.count}>{planned == null ? finished : `${finished}/${planned}`}</span>
    </span>
  );
}
