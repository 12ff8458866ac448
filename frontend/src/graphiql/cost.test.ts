import { expect, it } from 'vitest';
import { costLine, costOf } from './cost';

it.each([
  [{ requested: 13, actual: 12, remaining: 19987, resetAt: '2026-01-02T14:03:00' }, 'Cost 12 of 13, 19,987 left until 14:03'],
  [{ requested: 13, actual: 12, remaining: 19987 }, 'Cost 12 of 13, 19,987 left'],
  [{ requested: 13, actual: 12, remaining: 5, resetAt: 'soon' }, 'Cost 12 of 13, 5 left'],
  [{ requested: 1300, actual: 12 }, 'Cost 12 of 1,300'],
  [{ requested: 13 }, 'Cost 13'],
  [{ actual: Number.NaN }, ''],
])('%j reads "%s"', (cost, line) => expect(costLine(cost, 'en-GB')).toBe(line));

it('is read from the answer that is shown', () => {
  expect(costOf('{"data":{},"extensions":{"cost":{"requested":2}}}')).toEqual({ requested: 2 });
  expect(costOf('{"data":{"cost":{"requested":2}}}')).toBeNull();
  expect(costOf('{"extensions":{"cost":null}}')).toBeNull();
  expect(costOf('{"extensions":{"cost":')).toBeNull();
  expect(costOf('')).toBeNull();
});
