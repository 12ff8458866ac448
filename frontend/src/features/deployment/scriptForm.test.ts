import { expect, it } from 'vitest';
import { NEW_SCRIPT, newVariable, validateScript, variablesInput } from './scriptForm';

it('checks what can be told without the server', () => {
  const variables = [
    { ...newVariable(), name: 'port' },
    { ...newVariable(), name: 'port' },
    { ...newVariable(), name: '1st' },
    { ...newVariable(), name: 'mode', type: 'CHOICE' as const },
  ];
  expect(Object.keys(validateScript({ ...NEW_SCRIPT, content: ' ', variables }))).toEqual([
    'name',
    'content',
    'variables.1.name',
    'variables.2.name',
    'variables.3.choices',
  ]);
  expect(validateScript({ ...NEW_SCRIPT, name: 'Nginx' })).toEqual({});
});

it('sends only what belongs to the type of a variable', () => {
  const secret = { ...newVariable(), name: 'token', type: 'SECRET' as const, default: 'left over', choices: ['a'], label: ' ' };
  expect(variablesInput([secret])).toEqual([
    { name: 'token', type: 'SECRET', label: null, description: null, required: false, default: null, choices: [] },
  ]);
});
