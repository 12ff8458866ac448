import { expect, it } from 'vitest';
import { sortUserErrors } from './userErrors';

it('puts each message at its field and the rest on top', () => {
  const sorted = sortUserErrors(
    [
      { code: 'REQUIRED', field: ['input', 'name'], message: 'Name is required.' },
      { code: 'INVALID', field: ['cpu'], message: 'Choose a size.' },
      { code: 'INVALID', field: ['variables', 'port'], message: 'Port must be a number.' },
      { code: 'CONFLICT', field: null, message: 'Someone else decided first.' },
      { code: 'INVALID', field: ['elsewhere'], message: 'No such project.' },
    ],
    ['name', 'cpu', 'variables.port'],
  );
  expect(sorted.fields).toEqual({
    name: 'Name is required.',
    cpu: 'Choose a size.',
    'variables.port': 'Port must be a number.',
  });
  expect(sorted.general).toEqual(['Someone else decided first.', 'No such project.']);
});
