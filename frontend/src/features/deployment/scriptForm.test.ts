import { expect, it } from 'vitest';
import { filesInput, NEW_SCRIPT, newFile, newVariable, validateScript, variablesInput } from './scriptForm';

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

it('has files only where Ansible looks', () => {
  const paths = ['roles/web/tasks/main.yml', 'templates/a b', '../x', 'files', 'playbook.yml', 'roles/web/tasks/main.yml'];
  const values = { ...NEW_SCRIPT, name: 'Nginx', files: paths.map((path) => newFile(path, 'x')) };
  expect(Object.keys(validateScript(values))).toEqual([1, 2, 3, 4, 5].map((index) => `files.${index}.path`));
  expect(filesInput(values)[0]).toEqual({ path: 'roles/web/tasks/main.yml', content: 'x' });
  const commands = { ...values, kind: 'SSH' as const };
  expect(validateScript(commands)).toEqual({});
  expect(filesInput(commands)).toEqual([]);
});

it('sends only what belongs to the type of a variable', () => {
  const secret = { ...newVariable(), name: 'token', type: 'SECRET' as const, default: 'left over', choices: ['a'], label: ' ' };
  expect(variablesInput([secret])).toEqual([
    { name: 'token', type: 'SECRET', label: null, description: null, required: false, default: null, choices: [] },
  ]);
});
