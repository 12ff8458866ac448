import type { Scalar } from '~/gql';

export type TaskStatus = Scalar<'TaskStatus'>;
export type DeploymentStatus = Scalar<'DeploymentStatus'>;

export interface RunEvent {
  sequence: number;
  kind: Scalar<'DeploymentEventKind'>;
  at: string;
  status: DeploymentStatus | null;
  taskIndex: number | null;
  taskName: string | null;
  taskStatus: TaskStatus | null;
  host: string | null;
  text: string | null;
  finished: number | null;
  planned: number | null;
  paused: boolean | null;
}

/** One row of the log. Its number is the sequence of the event it came from. */
export interface LogLine {
  sequence: number;
  at: string;
  kind: 'output' | 'task' | 'result' | 'status';
  host: string | null;
  taskIndex: number | null;
  taskStatus: TaskStatus | null;
  text: string;
}

/** What a task did on one host. */
export interface TaskCell {
  status: TaskStatus;
  startedAt: string | null;
  finishedAt: string | null;
}

export interface RunTask {
  index: number;
  name: string;
  startedAt: string | null;
  finishedAt: string | null;
  cells: ReadonlyMap<string, TaskCell>;
}

/** What came of a batch: `gap` names the first sequence that is missing; nothing from there on was taken. */
export interface Absorbed {
  taken: number;
  gap: number | null;
}

// Colours and cursor movements that programs write for a terminal.
const TERMINAL_CODES = /\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007]*(?:\u0007|\u001b\\)|[\u0000-\u0008\u000b-\u001f\u007f]/g;

const STATUS_TEXT: Record<DeploymentStatus, string> = {
  PENDING: 'Waiting for its turn',
  RUNNING: 'Started',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
  UNKNOWN: 'Outcome unknown',
};

/**
 * A deployment's events, folded into what the page shows. It is changed in place, because a run may have a hundred
 * thousand lines; `version` tells React that something is new.
 */
export class RunLog {
  readonly lines: LogLine[] = [];
  readonly hosts: string[] = [];
  lastSequence = 0;
  /** Characters of the longest line: how far the log scrolls sideways. */
  longest = 0;
  version = 0;
  status: DeploymentStatus | null = null;
  progress: { finished: number; planned: number | null } | null = null;
  /** The event that last said that it pauses, or goes on; none before the first. */
  lastPause: RunEvent | null = null;
  /** In order of start. A task that changed is another object, so that only its row is drawn again. */
  tasks: readonly RunTask[] = [];

  /**
   * Takes events in order of sequence. What was seen before is dropped. A jump in the sequence stops it, because
   * something was missed, unless `authoritative`: what the history does not hold does not exist.
   */
  absorb(events: readonly RunEvent[], authoritative = false): Absorbed {
    let taken = 0;
    for (const event of events) {
      if (event.sequence <= this.lastSequence) continue;
      if (!authoritative && event.sequence > this.lastSequence + 1) {
        if (taken > 0) this.version += 1;
        return { taken, gap: this.lastSequence + 1 };
      }
      this.take(event);
      this.lastSequence = event.sequence;
      taken += 1;
    }
    if (taken > 0) this.version += 1;
    return { taken, gap: null };
  }

  /** Where in `lines` a sequence is, or the next line after it. */
  indexOf(sequence: number): number {
    let low = 0;
    let high = this.lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.lines[middle]!.sequence < sequence) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private take(event: RunEvent) {
    if (event.host !== null && !this.hosts.includes(event.host)) this.hosts.push(event.host);
    switch (event.kind) {
      case 'STATUS':
        if (event.paused !== null) {
          this.lastPause = event;
          this.write(event, 'status', event.text ?? (event.paused ? 'Paused' : 'It goes on'));
        } else if (event.status) {
          this.status = event.status;
          this.write(event, 'status', event.text ? `${STATUS_TEXT[event.status]}: ${event.text}` : STATUS_TEXT[event.status]);
        }
        break;
      case 'PROGRESS':
        if (event.finished !== null) this.progress = { finished: event.finished, planned: event.planned };
        break;
      case 'TASK':
        this.takeTask(event);
        break;
      case 'LINE':
        this.write(event, 'output', event.text ?? '');
        break;
    }
  }

  private takeTask(event: RunEvent) {
    if (event.taskIndex === null) return;
    const task = this.begun(event, event.taskIndex);
    const { taskStatus: status, host } = event;
    if (!status) return;
    if (host === null) {
      if (status !== 'STARTED') this.keep({ ...task, finishedAt: event.at });
      return;
    }
    const started = status === 'STARTED';
    const startedAt = started ? event.at : (task.cells.get(host)?.startedAt ?? task.startedAt);
    const cells = new Map(task.cells).set(host, { status, startedAt, finishedAt: started ? null : event.at });
    this.keep({ ...task, cells, finishedAt: started ? task.finishedAt : event.at });
    if (!started) this.write(event, 'result', event.text ?? '');
  }

  /** The task of an event; a new one opens with its name in the log. */
  private begun(event: RunEvent, index: number): RunTask {
    const known = this.tasks.find((task) => task.index === index);
    if (known) return known;
    const name = event.taskName ?? `Task ${index}`;
    const task: RunTask = { index, name, startedAt: event.at, finishedAt: null, cells: new Map() };
    this.tasks = [...this.tasks, task].sort((a, b) => a.index - b.index);
    // A result is a row of its own, and a sequence numbers one row only.
    if (event.taskStatus === 'STARTED') this.write({ ...event, host: null }, 'task', name);
    return task;
  }

  private keep(changed: RunTask) {
    this.tasks = this.tasks.map((task) => (task.index === changed.index ? changed : task));
  }

  private write(event: RunEvent, kind: LogLine['kind'], raw: string) {
    const text = raw.replace(TERMINAL_CODES, '').replaceAll('\t', '    ').trimEnd();
    this.longest = Math.max(this.longest, text.length);
    this.lines.push({
      sequence: event.sequence,
      at: event.at,
      kind,
      host: event.host,
      taskIndex: event.taskIndex,
      taskStatus: event.taskStatus,
      text,
    });
  }
}

export interface HostCounts {
  ok: number;
  changed: number;
  failed: number;
  skipped: number;
  unreachable: number;
}

/** How many tasks ended how on a host, as far as the events tell. As Ansible counts: what changed is also ok. */
export function countHost(tasks: readonly RunTask[], host: string): HostCounts {
  const counts: HostCounts = { ok: 0, changed: 0, failed: 0, skipped: 0, unreachable: 0 };
  for (const task of tasks) {
    switch (task.cells.get(host)?.status) {
      case 'OK':
      case 'IGNORED':
        counts.ok += 1;
        break;
      case 'CHANGED':
        counts.ok += 1;
        counts.changed += 1;
        break;
      case 'FAILED':
        counts.failed += 1;
        break;
      case 'SKIPPED':
      case 'UNCHECKED':
        counts.skipped += 1;
        break;
      case 'UNREACHABLE':
        counts.unreachable += 1;
        break;
      default:
    }
  }
  return counts;
}

const GRAVITY: readonly TaskStatus[] = ['SKIPPED', 'OK', 'CHANGED', 'UNCHECKED', 'IGNORED', 'STARTED', 'UNREACHABLE', 'FAILED'];

/** The status that says most about a task: a failure before a change before an OK. Null before any host began it. */
export function gravest(task: RunTask): TaskStatus | null {
  let worst: TaskStatus | null = null;
  for (const { status } of task.cells.values()) {
    if (worst === null || GRAVITY.indexOf(status) > GRAVITY.indexOf(worst)) worst = status;
  }
  return worst;
}

export interface Span {
  /** Per cent from the start of the run. */
  offset: number;
  width: number;
  durationMs: number;
}

/** Where each task lies on the run's time, in per cent; what still runs reaches to `now`. */
export function timeline(tasks: readonly RunTask[], now: number): Map<number, Span> {
  const spans = new Map<number, Span>();
  const begun = tasks.flatMap((task) => (task.startedAt ? [{ task, from: Date.parse(task.startedAt) }] : []));
  if (begun.length === 0) return spans;
  const until = (task: RunTask) => (task.finishedAt && !isRunning(task) ? Date.parse(task.finishedAt) : now);
  const start = Math.min(...begun.map(({ from }) => from));
  const end = Math.max(...begun.map(({ task, from }) => Math.max(from, until(task))));
  const whole = Math.max(1, end - start);
  for (const { task, from } of begun) {
    const durationMs = Math.max(0, until(task) - from);
    spans.set(task.index, {
      offset: ((from - start) / whole) * 100,
      width: (durationMs / whole) * 100,
      durationMs,
    });
  }
  return spans;
}

const isRunning = (task: RunTask) =>
  task.cells.size === 0 ? task.finishedAt === null : [...task.cells.values()].some(({ status }) => status === 'STARTED');
