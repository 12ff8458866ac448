const EUR = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });
const ABSOLUTE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'long' });

/** Cents of a euro as people write them: 825 → €8.25. */
export const formatMoney = (cents: number) => EUR.format(cents / 100);

export const formatDateTime = (iso: string) => ABSOLUTE.format(new Date(iso));

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "5 minutes ago"; under 45 seconds either way it is "just now". */
export function formatRelative(iso: string, nowMs: number): string {
  const seconds = Math.round((new Date(iso).getTime() - nowMs) / 1000);
  if (Math.abs(seconds) < 45) return 'just now';
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return RELATIVE.format(Math.trunc(seconds / length), unit);
  }
  return RELATIVE.format(Math.sign(seconds), 'minute');
}

/** A length of time: < 0.1 s, 0.4 s, 12 s, 3 min 5 s, 1 h 2 min. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 50) return '< 0.1 s';
  if (milliseconds < 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

/** "1 request", "3 requests". */
export const formatCount = (count: number, noun: string, plural = `${noun}s`) =>
  `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;

/** An enum value as words: `VERY_HIGH` → `Very high`. For a status use `StatusBadge`. */
export function formatEnum(value: string): string {
  const words = value.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
