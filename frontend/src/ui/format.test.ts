import { describe, expect, it } from 'vitest';
import { formatCount, formatDuration, formatEnum, formatMoney, formatRelative } from './format';

const now = Date.parse('2026-03-01T12:00:00Z');
const before = (seconds: number) => formatRelative(new Date(now - seconds * 1000).toISOString(), now);

describe('format', () => {
  it('writes cents as euros', () => {
    expect(formatMoney(825)).toBe('€8.25');
    expect(formatMoney(50_000)).toBe('€500.00');
  });

  it('says how long ago', () => {
    expect(before(3)).toBe('just now');
    expect(before(50)).toBe('1 minute ago');
    expect(before(3_700)).toBe('1 hour ago');
    expect(before(90_000)).toBe('yesterday');
    expect(formatRelative('2026-03-01T14:00:00Z', now)).toBe('in 2 hours');
  });

  it('writes durations with at most two units', () => {
    expect(formatDuration(20)).toBe('< 0.1 s');
    expect(formatDuration(420)).toBe('0.4 s');
    expect(formatDuration(12_400)).toBe('12 s');
    expect(formatDuration(185_000)).toBe('3 min 5 s');
    expect(formatDuration(3_720_000)).toBe('1 h 2 min');
  });

  it('counts and names', () => {
    expect(formatCount(1, 'request')).toBe('1 request');
    expect(formatCount(1200, 'request')).toBe('1,200 requests');
    expect(formatEnum('VERY_HIGH')).toBe('Very high');
  });
});
