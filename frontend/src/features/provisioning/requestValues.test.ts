import { describe, expect, it } from 'vitest';
import { NEW_REQUEST, requestInput, validateRequest, type RequestValues } from './requestValues';
import { initialVariables, missingVariables, variableError, variablesInput, type Variable } from './variables';

const variable = (name: string, type: Variable['type'], more: Partial<Variable> = {}): Variable => ({
  name,
  type,
  label: null,
  description: null,
  required: false,
  default: null,
  choices: [],
  ...more,
});

const DECLARED = [
  variable('port', 'INTEGER', { required: true }),
  variable('mode', 'CHOICE', { choices: ['blue', 'green'] }),
  variable('tls', 'BOOLEAN'),
  variable('title', 'STRING', { default: 'Hello' }),
  variable('token', 'SECRET', { required: true }),
];

const complete: RequestValues = {
  ...NEW_REQUEST,
  projectId: 'p',
  name: 'nova-hr-web-02',
  operatingSystem: 'Debian 12',
  justification: 'A second web server for the launch.',
};

describe('validateRequest', () => {
  it('accepts a request with or without a script', () => {
    expect(validateRequest(complete, [])).toEqual({});
    expect(validateRequest({ ...complete, scriptId: 's', variables: { port: '80' } }, DECLARED)).toEqual({});
  });

  it('names every field that is missing', () => {
    expect(Object.keys(validateRequest(NEW_REQUEST, []))).toEqual([
      'projectId',
      'name',
      'operatingSystem',
      'justification',
    ]);
  });

  it('counts the justification as the server does: trimmed, by code points', () => {
    const errors = (justification: string) => validateRequest({ ...complete, justification }, []).justification;
    expect(errors(` ${'x'.repeat(19)} `)).toBe('Between 20 and 1000 characters, please; this has 19.');
    expect(errors('x'.repeat(20))).toBeUndefined();
    expect(errors('🐧'.repeat(10))).toContain('this has 10');
    expect(errors('🐧'.repeat(1000))).toBeUndefined();
    expect(errors('x'.repeat(1001))).toContain('this has 1001');
  });

  it('takes a name that can stand in an inventory', () => {
    const errors = (name: string) => validateRequest({ ...complete, name }, []).name;
    for (const good of [' web-01 ', 'a', '0.b_c', 'x'.repeat(63)]) expect(errors(good)).toBeUndefined();
    for (const bad of ['-web', '.web', 'web 01', 'wéb', 'x'.repeat(64)]) expect(errors(bad)).toContain('1 to 63 letters');
  });

  it('takes only the sizes that are offered', () => {
    expect(Object.keys(validateRequest({ ...complete, cpu: 3, memoryGb: 5, storageGb: 30 }, []))).toEqual([
      'cpu',
      'memoryGb',
      'storageGb',
    ]);
  });

  it('finds the variable that is wrong', () => {
    const errors = validateRequest({ ...complete, variables: { port: 'eighty', mode: 'blue' } }, DECLARED);
    expect(errors).toEqual({ 'variables.port': 'A whole number.' });
  });
});

describe('variables', () => {
  it('are checked by their types', () => {
    const error = (type: Variable['type'], value: string) =>
      variableError(variable('x', type, { choices: type === 'CHOICE' ? ['a', 'b'] : [] }), value);
    expect(error('INTEGER', ' 42 ')).toBeNull();
    expect(error('INTEGER', '9223372036854775807')).toBeNull();
    expect(error('INTEGER', '9223372036854775808')).toBe('A whole number.');
    expect(error('INTEGER', '4.2')).toBe('A whole number.');
    expect(error('STRING', 'two\nlines')).toBe('One line of text.');
    expect(error('STRING', 'é'.repeat(2049))).toBe('At most 4,096 bytes.');
    expect(error('SECRET', 'two\nlines')).toBeNull();
    expect(error('BOOLEAN', 'yes')).toBe('True or false.');
    expect(error('CHOICE', 'c')).toBe('One of: a, b.');
    expect(error('CHOICE', '')).toBeNull();
  });

  it('start with what was given, but never with a secret', () => {
    const given = { port: 8080, tls: false, mode: 'green', token: 'must not appear', gone: 'x' };
    expect(initialVariables(DECLARED, given)).toEqual({ port: '8080', mode: 'green', tls: 'false', title: '', token: '' });
    expect(initialVariables(DECLARED, null)).toEqual({ port: '', mode: '', tls: '', title: '', token: '' });
  });

  it('are sent without what is empty: a default holds, a secret is kept', () => {
    const values = { port: ' 80 ', mode: '', tls: 'true', title: '', token: '', other: 'x' };
    expect(variablesInput(DECLARED, values)).toEqual({ port: '80', tls: 'true' });
  });

  it('are missing where required and neither given, kept nor with a default', () => {
    const names = (values: Record<string, string>, kept: string[] = []) =>
      missingVariables(DECLARED, values, (name) => (kept.includes(name) ? 'given' : 'none')).map(({ name }) => name);
    expect(names({})).toEqual(['port', 'token']);
    expect(names({ port: '1' }, ['token'])).toEqual([]);
    expect(names({ token: 'new' })).toEqual(['port']);
  });
});

it('sends trimmed texts, and clears a script with its variables', () => {
  const input = requestInput({ ...complete, name: ' web ', applicationType: ' ', variables: { port: '1' } }, DECLARED);
  expect(input).toMatchObject({ name: 'web', applicationType: null, scriptId: null, variables: {} });
});
