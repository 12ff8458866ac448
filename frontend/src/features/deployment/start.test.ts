import { describe, expect, test } from 'vitest';
import { AT_ONCE, localTime, startError, startInput, startOf, waitsUntil } from './start';

const NOW = new Date('2026-11-21T12:00:00Z').getTime();
const later = (time: string) => ({ ...AT_ONCE, isLater: true, at: localTime(new Date(time)) });

describe('when something begins', () => {
  test('is told as the moment it is', () => {
    expect(startInput(AT_ONCE)).toEqual({ runAt: null, outsideWindows: false });
    expect(startInput(later('2026-11-21T22:00:00Z'))).toEqual({ runAt: '2026-11-21T22:00:00.000Z', outsideWindows: false });
    expect(startInput({ ...AT_ONCE, at: '2026-11-21T22:00' }).runAt).toBeNull();
    expect(startInput(startOf('2026-11-21T22:00:00Z', true))).toEqual({
      runAt: '2026-11-21T22:00:00.000Z',
      outsideWindows: true,
    });
    expect(startOf(null, false)).toEqual(AT_ONCE);
  });

  test('is a time that is still to come', () => {
    expect(startError(AT_ONCE, NOW)).toBeNull();
    expect(startError({ ...AT_ONCE, isLater: true }, NOW)).toBe('A day and a time.');
    expect(startError(later('2026-11-21T11:00:00Z'), NOW)).toBe('That is in the past.');
    expect(startError(later('2026-11-21T12:00:00Z'), NOW)).toBeNull();
  });

  test('is not before the window opens', () => {
    const opening = { opensAt: '2026-11-21T21:00:00Z', closesAt: '2026-11-22T01:00:00Z' };
    const open = { opensAt: '2026-11-21T11:00:00Z', closesAt: '2026-11-21T13:00:00Z' };
    expect(waitsUntil(AT_ONCE, null, NOW)).toBeNull();
    expect(waitsUntil(AT_ONCE, open, NOW)).toBeNull();
    expect(waitsUntil(AT_ONCE, opening, NOW)).toBe('2026-11-21T21:00:00.000Z');
    expect(waitsUntil({ ...AT_ONCE, outsideWindows: true }, opening, NOW)).toBeNull();
    expect(waitsUntil(later('2026-11-21T20:00:00Z'), opening, NOW)).toBe('2026-11-21T21:00:00.000Z');
    expect(waitsUntil(later('2026-11-21T22:00:00Z'), opening, NOW)).toBe('2026-11-21T22:00:00.000Z');
  });
});
