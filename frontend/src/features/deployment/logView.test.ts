import { describe, expect, it } from 'vitest';
import { exportText, filterLines, findMatches, sequenceOfHash, shortHosts, splitMatches, windowOf } from './logView';
import type { LogLine } from './runLog';

const line = (sequence: number, kind: LogLine['kind'], text: string, rest: Partial<LogLine> = {}): LogLine => ({
  sequence,
  at: '2025-01-01T00:00:00Z',
  kind,
  host: null,
  taskIndex: null,
  taskStatus: null,
  text,
  ...rest,
});

const LINES = [
  line(1, 'status', 'Started'),
  line(2, 'task', 'Install', { taskIndex: 1 }),
  line(3, 'output', 'Reading package lists', { taskIndex: 1, host: 'a' }),
  line(4, 'output', 'reading state', { taskIndex: 1, host: 'b' }),
  line(5, 'result', '', { taskIndex: 1, host: 'a', taskStatus: 'CHANGED' }),
];
const sequences = (lines: readonly LogLine[]) => lines.map(({ sequence }) => sequence);

describe('log view', () => {
  it('filters by host and task', () => {
    expect(filterLines(LINES, { host: null, taskIndex: null })).toBe(LINES);
    expect(sequences(filterLines(LINES, { host: 'a', taskIndex: null }))).toEqual([3, 5]);
    expect(sequences(filterLines(LINES, { host: 'b', taskIndex: 1 }))).toEqual([2, 4]);
    expect(sequences(filterLines(LINES, { host: null, taskIndex: 1 }))).toEqual([2, 3, 4, 5]);
  });

  it('finds words in what is shown, whatever their case', () => {
    expect(findMatches(LINES, 'READING')).toEqual([2, 3]);
    expect(findMatches(LINES, 'changed: a')).toEqual([4]);
    expect(findMatches(LINES, '  ')).toEqual([]);
  });

  it('cuts a text at the words', () => {
    expect(splitMatches('a-B-a', 'A')).toEqual(['', 'a', '-B-', 'a', '']);
    expect(splitMatches('İx', 'x')).toEqual(['İx']);
    expect(splitMatches('abc', '')).toEqual(['abc']);
  });

  it('exports sequence, time, host and text', () => {
    expect(exportText(LINES.slice(2, 3))).toBe('3\t2025-01-01T00:00:00Z\t[a] Reading package lists');
  });

  it('leaves out what all hosts begin with', () => {
    expect([...shortHosts(['nova-hr-web-01', 'nova-hr-db-01']).values()]).toEqual(['web-01', 'db-01']);
    expect([...shortHosts(['web-01', 'web-02']).values()]).toEqual(['01', '02']);
    expect([...shortHosts(['web-01']).values()]).toEqual(['web-01']);
    expect([...shortHosts(['web-', 'web-a']).values()]).toEqual(['web-', 'web-a']);
  });

  it('reads a deep link', () => {
    expect(sequenceOfHash('L123')).toBe(123);
    expect(sequenceOfHash('#L7')).toBe(7);
    expect(sequenceOfHash('tasks')).toBeNull();
  });

  it('draws only what is near the view', () => {
    expect(windowOf(0, 400, 20, 100_000, 5)).toEqual({ first: 0, last: 25 });
    expect(windowOf(1_000_000, 400, 20, 100_000, 5)).toEqual({ first: 49_995, last: 50_025 });
    expect(windowOf(5_000, 400, 20, 3)).toEqual({ first: 3, last: 3 });
  });
});
