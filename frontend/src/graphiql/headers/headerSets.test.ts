import { beforeEach, describe, expect, it } from 'vitest';
import {
  headerFault,
  headersOf,
  loadSets,
  NO_SETS,
  saveSets,
  withoutSet,
  withSet,
  type HeaderSet,
} from './headerSets';

const set = (change: Partial<HeaderSet> = {}): HeaderSet => ({
  id: 'a',
  name: 'Integration',
  headers: [
    { name: 'Authorization', value: 'Bearer secret' },
    { name: 'graphql-client-name', value: 'billing' },
  ],
  remember: false,
  rememberSecrets: false,
  ...change,
});

beforeEach(() => localStorage.clear());

describe('what is kept', () => {
  it('is nothing, unless somebody wants it', () => {
    saveSets(withSet(NO_SETS, set()));
    expect(localStorage).toHaveLength(0);
    expect(loadSets()).toEqual(NO_SETS);
  });

  it('has no secret in it, unless somebody wants that too', () => {
    saveSets(withSet(NO_SETS, set({ remember: true })));
    expect(JSON.stringify({ ...localStorage })).not.toContain('Bearer');
    expect(loadSets()).toMatchObject({ chosen: 'a', sets: [{ headers: [{ value: '' }, { value: 'billing' }] }] });

    const whole = withSet(NO_SETS, set({ remember: true, rememberSecrets: true }));
    saveSets(whole);
    expect(loadSets()).toEqual(whole);
  });

  it('is gone once nothing is to be remembered', () => {
    saveSets(withSet(NO_SETS, set({ remember: true })));
    saveSets(withoutSet(loadSets(), 'a'));
    expect(localStorage).toHaveLength(0);
  });

  it.each(['', '{', '{"sets":[{"id":1,"headers":[]}]}', '[]'])('is read as nothing if it is %j', (text) => {
    localStorage.setItem('rookery-graphiql-headers', text);
    expect(loadSets()).toEqual(NO_SETS);
  });
});

describe('what is sent', () => {
  it('is the chosen set, with another UUID each time', () => {
    let count = 0;
    const sets = withSet(NO_SETS, set({ headers: [{ name: 'Idempotency-Key', value: 'run-{{uuid}}' }] }));
    expect(headersOf(sets, () => String(++count))).toEqual({ 'Idempotency-Key': 'run-1' });
    expect(headersOf(sets, () => String(++count))).toEqual({ 'Idempotency-Key': 'run-2' });
    expect(headersOf({ ...sets, chosen: null }, () => '')).toEqual({});
  });

  it('leaves out what has no value or cannot be sent', () => {
    const headers = [
      { name: 'x-empty', value: '' },
      { name: 'Cookie', value: 'a=b' },
      { name: 'x y', value: '1' },
      { name: 'x-right', value: '1' },
    ];
    expect(headersOf(withSet(NO_SETS, set({ headers })), () => '')).toEqual({ 'x-right': '1' });
  });

  it.each([
    ['', 'v'],
    ['a b', 'v'],
    ['Content-Type', 'text/plain'],
    ['Sec-Fetch-Mode', 'cors'],
    ['x', 'two\nlines'],
    ['x', 'ключ'],
  ])('finds fault with %j: %j', (name, value) => expect(headerFault({ name, value })).toBeTypeOf('string'));
});
