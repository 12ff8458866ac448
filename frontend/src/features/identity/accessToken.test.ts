import { describe, expect, it } from 'vitest';
import { inDays, LIFETIMES, tokenState } from './accessToken';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('tokenState', () => {
  it('tells a token that can be used from one that has ended', () => {
    const token = { expiresAt: '2026-03-01T12:00:01Z', revokedAt: null };
    expect(tokenState(token, NOW)).toBe('ACTIVE');
    expect(tokenState(token, NOW + 1_000)).toBe('EXPIRED');
    expect(tokenState({ ...token, revokedAt: '2026-02-01T00:00:00Z' }, NOW)).toBe('REVOKED');
  });
});

describe('inDays', () => {
  it('is within what the server allows for every choice', () => {
    expect(inDays(7, NOW)).toBe('2026-03-08T12:00:00.000Z');
    expect(LIFETIMES.every(({ value }) => Number(value) <= 366)).toBe(true);
  });
});
