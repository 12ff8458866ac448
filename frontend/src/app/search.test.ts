import { describe, expect, it } from 'vitest';
import { parseSearch, safeTarget, stringifySearch } from './search';

describe('search parameters', () => {
  it('round-trips repeated names', () => {
    const search = parseSearch('?q=web&status=PENDING&status=FAILED');
    expect(search).toEqual({ q: 'web', status: ['PENDING', 'FAILED'] });
    expect(stringifySearch(search)).toBe('?q=web&status=PENDING&status=FAILED');
  });

  it('leaves out what is not set', () => {
    expect(stringifySearch({ q: undefined, status: [], sort: '' })).toBe('');
  });
});

describe('safeTarget', () => {
  it('keeps a path of this site', () => {
    expect(safeTarget('/requests?q=web')).toBe('/requests?q=web');
  });

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', '', undefined])(
    'refuses %s',
    (target) => expect(safeTarget(target)).toBe('/'),
  );
});
