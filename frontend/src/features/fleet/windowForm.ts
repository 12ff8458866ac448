import type { Project } from './projectQuery';

export type Day = Project['maintenanceWindows'][number]['days'][number];

/** A window as it is filled in. */
export interface WindowValues {
  days: Day[];
  /** `22:00`. */
  opensAt: string;
  /** Hours, such as `4` or `1.5`. */
  hours: string;
  timeZone: string;
}

export const DAYS: readonly { value: Day; label: string }[] = [
  { value: 'MON', label: 'Mon' },
  { value: 'TUE', label: 'Tue' },
  { value: 'WED', label: 'Wed' },
  { value: 'THU', label: 'Thu' },
  { value: 'FRI', label: 'Fri' },
  { value: 'SAT', label: 'Sat' },
  { value: 'SUN', label: 'Sun' },
];

export const newWindow = (): WindowValues => ({
  days: ['SAT', 'SUN'],
  opensAt: '22:00',
  hours: '4',
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
});

export const windowValues = ({ days, opensAt, minutes, timeZone }: Project['maintenanceWindows'][number]): WindowValues => ({
  days: [...days],
  opensAt,
  hours: String(Math.round((minutes / 60) * 100) / 100),
  timeZone,
});

export const windowInput = ({ days, opensAt, hours, timeZone }: WindowValues) => ({
  days,
  opensAt,
  minutes: minutesOf(hours) ?? 0,
  timeZone,
});

/** Reads hours; null where that is nothing from a minute to a day. */
export function minutesOf(hours: string): number | null {
  if (!/^\d{1,2}([.,]\d{1,2})?$/.test(hours.trim())) return null;
  const minutes = Math.round(Number(hours.trim().replace(',', '.')) * 60);
  return minutes >= 1 && minutes <= 1440 ? minutes : null;
}

/** What is wrong with windows that are filled in, by the path of the field. */
export function validateWindows({ windows }: { windows: WindowValues[] }): Record<string, string> {
  const errors: Record<string, string> = {};
  windows.forEach(({ days, opensAt, hours, timeZone }, index) => {
    const at = (name: string) => `windows.${index}.${name}`;
    if (days.length === 0) errors[at('days')] = 'At least one day.';
    if (!/^\d\d:\d\d$/.test(opensAt)) errors[at('opensAt')] = 'A time of the day.';
    if (minutesOf(hours) === null) errors[at('hours')] = 'From 0.02 to 24.';
    if (timeZone.trim() === '') errors[at('timeZone')] = 'This is required.';
  });
  return errors;
}

/** "Mon to Fri", "Sat, Sun", "Every day". */
export function formatDays(days: readonly Day[]): string {
  if (days.length === DAYS.length) return 'Every day';
  const places = DAYS.flatMap(({ value }, place) => (days.includes(value) ? [place] : []));
  const label = (place: number) => DAYS[place]?.label ?? '';
  const [first = 0, last = 0] = [places[0], places.at(-1)];
  if (places.length > 2 && last - first === places.length - 1) return `${label(first)} to ${label(last)}`;
  return places.map(label).join(', ');
}
