import { expect, test } from 'vitest';
import { formatDays, minutesOf, newWindow, validateWindows, windowInput, windowValues } from './windowForm';

test('days are told in a few words', () => {
  expect(formatDays(['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'])).toBe('Every day');
  expect(formatDays(['MON', 'TUE', 'WED'])).toBe('Mon to Wed');
  expect(formatDays(['SAT', 'SUN'])).toBe('Sat, Sun');
  expect(formatDays(['MON', 'WED', 'SUN'])).toBe('Mon, Wed, Sun');
});

test('hours are read as minutes', () => {
  expect(['4', '1.5', '1,25', ' 24 ', '0.02'].map(minutesOf)).toEqual([240, 90, 75, 1440, 1]);
  expect(['', '0', '24.1', '-1', 'four', '1.234'].map(minutesOf)).toEqual([null, null, null, null, null, null]);
});

test('what is kept comes back as it was', () => {
  const kept = { days: ['MON', 'FRI'], opensAt: '22:30', minutes: 95, timeZone: 'Europe/Berlin' } as const;
  expect(windowInput(windowValues({ ...kept, days: [...kept.days] }))).toEqual(kept);
});

test('what is wrong is named where it is', () => {
  expect(validateWindows({ windows: [newWindow()] })).toEqual({});
  const wrong = { days: [], opensAt: '', hours: '25', timeZone: ' ' };
  expect(Object.keys(validateWindows({ windows: [newWindow(), wrong] }))).toEqual([
    'windows.1.days',
    'windows.1.opensAt',
    'windows.1.hours',
    'windows.1.timeZone',
  ]);
});
