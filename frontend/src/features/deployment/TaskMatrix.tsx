import { UnstyledButton, VisuallyHidden } from '@mantine/core';
import { memo } from 'react';
import { formatDuration, statusLook } from '~/ui';
import badge from '~/ui/StatusBadge.module.css';
import tones from '~/ui/tones.module.css';
import { gravest, timeline, type RunTask, type Span, type TaskCell } from './runLog';
import classes from './TaskMatrix.module.css';

export type OpenLines = (filter: { host: string | null; taskIndex: number }) => void;

interface TaskMatrixProps {
  tasks: readonly RunTask[];
  hosts: readonly string[];
  now: number;
  running: boolean;
  onOpen: OpenLines;
}

/**
 * Tasks by hosts, with each task's time beside it. Tasks are the rows: their names are long and their order is the
 * run's, while hosts have short names and all take part.
 */
export function TaskMatrix({ tasks, hosts, now, running, onOpen }: TaskMatrixProps) {
  const spans = timeline(tasks, now);
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label="Tasks by host, scrolls sideways">
      <table className={classes.table} aria-label="Tasks by host">
        <thead>
          <tr>
            <th scope="col" className={classes.name}>
              Task
            </th>
            {hosts.map((host) => (
              <th key={host} scope="col" className={classes.host}>
                <span title={host}>{host}</span>
              </th>
            ))}
            <th scope="col" className={classes.time}>
              Time
            </th>
          </tr>
        </thead>
        <tbody>
          {tasks.map((task) => (
            <TaskRow
              key={task.index}
              task={task}
              hosts={hosts}
              running={running}
              onOpen={onOpen}
              {...(spans.get(task.index) ?? NOWHERE)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const NOWHERE: Span = { offset: 0, width: 0, durationMs: 0 };

interface TaskRowProps extends Span {
  task: RunTask;
  hosts: readonly string[];
  running: boolean;
  onOpen: OpenLines;
}

const TaskRow = memo(function TaskRow({ task, hosts, running, onOpen, offset, width, durationMs }: TaskRowProps) {
  const worst = gravest(task);
  const tone = worst ? statusLook('task', worst).tone : 'gray';
  return (
    <tr>
      <th scope="row" className={classes.name}>
        <UnstyledButton
          className={classes.open}
          title={task.name}
          onClick={() => onOpen({ host: null, taskIndex: task.index })}
        >
          <span className={classes.index}>{task.index}</span>
          <span className={classes.label}>{task.name}</span>
        </UnstyledButton>
      </th>
      {hosts.map((host) => (
        <td key={host} className={classes.cell}>
          <Cell task={task} host={host} cell={task.cells.get(host)} running={running} onOpen={onOpen} />
        </td>
      ))}
      <td className={classes.time}>
        <span className={classes.lane}>
          <span className={classes.track} aria-hidden>
            <span
              className={`${classes.bar} ${tones.fill}`}
              data-tone={tone}
              style={{ insetInlineStart: `${offset}%`, width: `max(3px, ${width}%)` }}
            />
          </span>
          <span className={classes.duration}>{task.startedAt ? formatDuration(durationMs) : '–'}</span>
        </span>
      </td>
    </tr>
  );
});

interface CellProps {
  task: RunTask;
  host: string;
  cell: TaskCell | undefined;
  running: boolean;
  onOpen: OpenLines;
}

function Cell({ task, host, cell, running, onOpen }: CellProps) {
  if (!cell) {
    return (
      <span className={classes.none}>
        <span aria-hidden>·</span>
        <VisuallyHidden>Did not run</VisuallyHidden>
      </span>
    );
  }
  // A run that is over left this task without an answer.
  const look = cell.status === 'STARTED' && !running ? { ...statusLook('host', 'UNKNOWN'), label: 'No result' } : statusLook('task', cell.status);
  const took =
    cell.startedAt && cell.finishedAt
      ? `, ${formatDuration(Date.parse(cell.finishedAt) - Date.parse(cell.startedAt))}`
      : '';
  const sentence = `${look.label}${took}`;
  return (
    <UnstyledButton
      className={`${classes.status} ${tones.text}`}
      data-tone={look.tone}
      title={`${host}: ${sentence}`}
      aria-label={`${task.name} on ${host}: ${sentence}. Show its lines`}
      onClick={() => onOpen({ host, taskIndex: task.index })}
    >
      <look.icon size={17} stroke={2} className={look.busy ? badge.busy : undefined} aria-hidden />
    </UnstyledButton>
  );
}
