import { expect, it } from 'vitest';
import { lineOf, sortScriptErrors } from './scriptErrors';

it('finds the line that a message names', () => {
  expect(lineOf('Line 12: mapping values are not allowed.')).toBe(12);
  expect(lineOf('syntax error near line 3, column 4')).toBe(3);
  expect(lineOf('At most 256 KiB.')).toBeNull();
  expect(lineOf('deadline 5')).toBeNull();
});

it('sorts errors by where the form shows them', () => {
  const sorted = sortScriptErrors([
    { code: 'INVALID', field: ['content'], message: 'Line 2: bad.' },
    { code: 'INVALID', field: ['input', 'content'], message: 'At most 256 KiB.' },
    { code: 'TAKEN', field: ['name'], message: 'Taken.' },
    { code: 'INVALID', field: ['variables', '1', 'name'], message: 'Twice.' },
    { code: 'NOT_ALLOWED', field: null, message: 'Not you.' },
    { code: 'CONFLICT', field: null, message: 'Reload.' },
  ]);
  expect(sorted).toEqual({
    fields: { content: 'At most 256 KiB.', name: 'Taken.', 'variables.1.name': 'Twice.' },
    content: [{ line: 2, message: 'Line 2: bad.' }],
    general: ['Not you.'],
    conflict: true,
  });
});
