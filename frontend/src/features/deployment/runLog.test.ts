import { describe, expect, it } from 'vitest';
import { countHost, gravest, RunLog, timeline, type RunEvent } from './runLog';

const at = (second: number) => new Date(Date.UTC(2025, 0, 1, 0, 0, second)).toISOString();

const event = (sequence: number, kind: RunEvent['kind'], rest: Partial<RunEvent> = {}): RunEvent => ({
  sequence,
  kind,
  at: at(sequence),
  status: null,
  taskIndex: null,
  taskName: null,
  taskStatus: null,
  host: null,
  text: null,
  finished: null,
  paused: null,
  planned: null,
  ...rest,
});

const task = (sequence: number, taskIndex: number, taskStatus: RunEvent['taskStatus'], host: string | null = null) =>
  event(sequence, 'TASK', { taskIndex, taskName: `Step ${taskIndex}`, taskStatus, host });

const RUN: readonly RunEvent[] = [
  event(1, 'STATUS', { status: 'RUNNING' }),
  event(2, 'PROGRESS', { finished: 0, planned: 2 }),
  task(3, 1, 'STARTED'),
  task(4, 1, 'STARTED', 'web-01'),
  task(5, 1, 'STARTED', 'web-02'),
  event(6, 'LINE', { taskIndex: 1, host: 'web-01', text: '\u001b[32mhello\u001b[0m\tworld  ' }),
  task(7, 1, 'OK', 'web-01'),
  task(8, 1, 'CHANGED', 'web-02'),
  event(9, 'PROGRESS', { finished: 1, planned: 2 }),
  task(10, 2, 'STARTED'),
  task(11, 2, 'STARTED', 'web-01'),
  task(12, 2, 'FAILED', 'web-01'),
  event(13, 'STATUS', { status: 'FAILED', text: 'web-01 failed' }),
];

const whole = () => {
  const log = new RunLog();
  log.absorb(RUN);
  return log;
};

describe('RunLog', () => {
  it('folds events into tasks by host', () => {
    const log = whole();
    expect(log.hosts).toEqual(['web-01', 'web-02']);
    expect(log.tasks.map(({ name }) => name)).toEqual(['Step 1', 'Step 2']);
    const [first, second] = log.tasks;
    expect(first?.cells.get('web-01')).toEqual({ status: 'OK', startedAt: at(4), finishedAt: at(7) });
    expect(first?.cells.get('web-02')?.status).toBe('CHANGED');
    expect(first).toMatchObject({ startedAt: at(3), finishedAt: at(8) });
    expect(second?.cells.has('web-02')).toBe(false);
    expect(log.status).toBe('FAILED');
    expect(log.progress).toEqual({ finished: 1, planned: 2 });
  });

  it('writes headings, output, results and states as lines numbered by sequence, without terminal codes', () => {
    const lines = whole().lines.map(({ sequence, kind, text }) => [sequence, kind, text]);
    expect(lines).toEqual([
      [1, 'status', 'Started'],
      [3, 'task', 'Step 1'],
      [6, 'output', 'hello    world'],
      [7, 'result', ''],
      [8, 'result', ''],
      [10, 'task', 'Step 2'],
      [12, 'result', ''],
      [13, 'status', 'Failed: web-01 failed'],
    ]);
  });

  it('opens a task with the first host where no event does', () => {
    const log = new RunLog();
    log.absorb([task(1, 1, 'STARTED', 'a'), task(2, 1, 'STARTED', 'b')]);
    expect(log.lines.map(({ kind, host }) => [kind, host])).toEqual([['task', null]]);
  });

  it('drops what it has seen', () => {
    const log = whole();
    const { version } = log;
    expect(log.absorb(RUN)).toEqual({ taken: 0, gap: null });
    expect(log.version).toBe(version);
    expect(log.absorb([...RUN.slice(-2), event(14, 'LINE', { text: 'new' })])).toEqual({ taken: 1, gap: null });
    expect(log.lines.filter(({ sequence }) => sequence === 13)).toHaveLength(1);
  });

  it('stops at a gap, names it, and goes on once it is filled', () => {
    const log = new RunLog();
    expect(log.absorb([RUN[0]!, RUN[1]!, ...RUN.slice(4)])).toEqual({ taken: 2, gap: 3 });
    expect(log.lastSequence).toBe(2);
    expect(log.absorb(RUN.slice(2))).toEqual({ taken: 11, gap: null });
    expect(log.lastSequence).toBe(13);
  });

  it('takes history as it is', () => {
    const log = new RunLog();
    expect(log.absorb(RUN.slice(5), true)).toEqual({ taken: 8, gap: null });
    expect(log.indexOf(7)).toBe(1);
    expect(log.indexOf(9)).toBe(3);
  });

  it('keeps no planned count where there is none', () => {
    const log = new RunLog();
    log.absorb([event(1, 'PROGRESS', { finished: 3 })]);
    expect(log.progress).toEqual({ finished: 3, planned: null });
  });
});

describe('summaries', () => {
  it('counts a host as Ansible does', () => {
    const { tasks } = whole();
    expect(countHost(tasks, 'web-01')).toEqual({ ok: 1, changed: 0, failed: 1, skipped: 0, unreachable: 0 });
    expect(countHost(tasks, 'web-02')).toEqual({ ok: 1, changed: 1, failed: 0, skipped: 0, unreachable: 0 });
  });

  it('names the gravest status of a task', () => {
    expect(whole().tasks.map(gravest)).toEqual(['CHANGED', 'FAILED']);
  });

  it('lays tasks out on the time of the run; what runs reaches to now', () => {
    const log = new RunLog();
    log.absorb(RUN.slice(0, 11));
    const spans = timeline(log.tasks, Date.parse(at(13)));
    expect(spans.get(1)).toEqual({ offset: 0, width: 50, durationMs: 5000 });
    expect(spans.get(2)).toEqual({ offset: 70, width: 30, durationMs: 3000 });
  });
});
