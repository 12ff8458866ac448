import { describe, expect, it } from 'vitest';
import { countsInWords, formatRate, runInWords } from './runFigures';

describe('formatRate', () => {
  it('says all and none only where it is so', () => {
    expect([0, 0.004, 0.5, 0.875, 0.996, 1].map(formatRate)).toEqual(['0 %', '< 1 %', '50 %', '88 %', '> 99 %', '100 %']);
  });
});

describe('countsInWords', () => {
  const none = { total: 0, succeeded: 0, failed: 0, unreachable: 0, unknown: 0, cancelled: 0, notRun: 0 };
  const rest = { successRate: null, lastSuccessAt: null, lastRunAt: null, medianDurationMs: null, p95DurationMs: null, isFlaky: false };

  it('leaves out what there is none of', () => {
    expect(countsInWords({ ...rest, ...none, total: 1, succeeded: 1 })).toBe('1 of 1 run succeeded');
    expect(countsInWords({ ...rest, ...none, total: 1_204, succeeded: 1_200, failed: 3, notRun: 1 })).toBe(
      '1,200 of 1,204 runs succeeded, 3 failed, 1 not begun',
    );
  });
});

describe('runInWords', () => {
  it('tells outcome, script, duration and time, as far as they are known', () => {
    const run = { outcome: 'FAILED', durationMs: 1_900, recordedAt: '2026-03-04T05:06:07Z', script: { id: '1', name: 'Nginx' } } as const;
    expect(runInWords(run)).toMatch(/^Failed, Nginx, 2 s, 4 Mar 2026/);
    expect(runInWords({ ...run, outcome: 'NOT_RUN', durationMs: null, script: null })).toMatch(/^Not begun, 4 Mar 2026/);
  });
});
