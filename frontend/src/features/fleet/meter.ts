import type { Tone } from '~/ui';

/** How much of a limit is used, in per cent; a limit of nothing is used up by anything. */
export function percentOf(used: number, most: number): number {
  if (most <= 0) return used > 0 ? Infinity : 0;
  return (used / most) * 100;
}

/** Calm while there is room, yellow when it gets tight, red when it is over. */
export function meterTone(percent: number): Tone {
  if (percent > 100) return 'red';
  return percent >= 85 ? 'yellow' : 'teal';
}

/** "12.50" → 1250 cents; null for what is no amount. Never by multiplying a float. */
export function parseEuros(text: string): number | null {
  const match = /^(\d{1,7})(?:[.,](\d{1,2}))?$/.exec(text.trim());
  if (!match) return null;
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

/** 1250 → "12.50", as a form shows it. */
export const eurosText = (cents: number) =>
  `${Math.floor(cents / 100)}${cents % 100 === 0 ? '' : `.${String(cents % 100).padStart(2, '0')}`}`;
