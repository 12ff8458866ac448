import { expect, it } from 'vitest';
import { eurosText, meterTone, parseEuros, percentOf } from './meter';

it('measures against a limit', () => {
  expect(percentOf(3, 15)).toBe(20);
  expect(percentOf(0, 0)).toBe(0);
  expect(percentOf(1, 0)).toBe(Infinity);
  expect([20, 85, 100, 101].map(meterTone)).toEqual(['teal', 'yellow', 'yellow', 'red']);
});

it('reads and writes euros without losing a cent', () => {
  expect(parseEuros('500')).toBe(50_000);
  expect(parseEuros(' 8.2 ')).toBe(820);
  expect(parseEuros('1,15')).toBe(115);
  expect(parseEuros('1.115')).toBeNull();
  expect(parseEuros('-1')).toBeNull();
  expect(parseEuros('')).toBeNull();
  for (const cents of [0, 5, 115, 820, 50_000, 1_999]) expect(parseEuros(eurosText(cents))).toBe(cents);
});
