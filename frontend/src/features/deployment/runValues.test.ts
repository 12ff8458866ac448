import { expect, test } from 'vitest';
import { shareError, shareInput } from './runValues';

test('a share is a number of servers or a part of a hundred', () => {
  expect(shareInput('5')).toEqual({ hosts: 5 });
  expect(shareInput(' 20 % ')).toEqual({ percent: 20 });
  expect(shareInput('')).toBeNull();
});

test('what is no share is said so', () => {
  expect(shareError('', 1)).toBeNull();
  expect(shareError('0', 0)).toBeNull();
  for (const wrong of ['0', '101', '20%%', 'five', '-1']) expect(shareError(wrong, 1), wrong).not.toBeNull();
});
