import { readFileSync } from 'node:fs';
import { buildSchema, Kind, OperationTypeNode, parse, validate, type SelectionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { changeOf, findOperation, kindOf, KINDS, read, variableName, withVariable } from './operation';
import { searchFields } from './search';
import { newField, replaced, selected, selectionSet, variableNode } from './selection';

const schema = buildSchema(readFileSync('../schema.graphql', 'utf8'));
const { QUERY, MUTATION } = OperationTypeNode;

const rootFields = (kind: OperationTypeNode) => Object.values(schema.getRootType(kind)!.getFields());
const rootField = (name: string) => rootFields(QUERY).find((field) => field.name === name)!;

/** The text after its operation of this kind got other selections. */
function edited(text: string, kind: OperationTypeNode, change: (selections: readonly SelectionNode[]) => readonly SelectionNode[]) {
  const { document } = read(text);
  const operation = findOperation(document!, kind, null);
  const made = changeOf(text, operation, kind, change(operation?.selectionSet.selections ?? []), schema);
  return made ? text.slice(0, made.start) + made.text + text.slice(made.end) : text;
}

describe('ticking', () => {
  it.each(KINDS.flatMap((kind) => rootFields(kind).map((field): [string, OperationTypeNode] => [field.name, kind])))(
    '%s makes a valid %s',
    (name, kind) => {
      const field = rootFields(kind).find((candidate) => candidate.name === name)!;
      const text = edited('', kind, (before) => replaced(before, undefined, newField(field)));
      expect(validate(schema, parse(text))).toEqual([]);
      expect(kindOf(parse(text), null)).toBe(kind);
    },
  );

  it('asks for what is in a list', () => {
    const text = edited('# mine\n', QUERY, (before) => replaced(before, undefined, newField(rootField('devices'))));
    expect(text).toBe('# mine\n\nquery MyQuery {\n  devices {\n    nodes {\n      id\n      name\n    }\n  }\n}\n');
  });

  it('leaves the rest of the document to the letter', () => {
    const before = '# first\nquery A { viewer { level } }\n\n# second\nmutation B   { signOut { signedOut } }\n';
    const after = edited(before, QUERY, (nodes) => replaced(nodes, undefined, newField(rootField('tenants'))));
    expect(after).toContain('# first\nquery A {\n  viewer {\n    level\n  }\n  tenants {');
    expect(after).toContain('\n\n# second\nmutation B   { signOut { signedOut } }\n');
  });

  it('adds an operation where there is none of its kind, with a name of its own', () => {
    const signOut = rootFields(MUTATION).find(({ name }) => name === 'signOut')!;
    const after = edited('query MyMutation { viewer { level } }', MUTATION, () => [newField(signOut)]);
    expect(after).toMatch(/^query MyMutation \{ viewer \{ level \} \}\n\nmutation MyMutation2 \{/);
    expect(validate(schema, parse(after))).toEqual([]);
  });

  it('takes an operation away with its last field', () => {
    const after = edited('query A { viewer { level } }\nquery B { tenants { totalCount } }', QUERY, () => []);
    expect(after.trim()).toBe('query B { tenants { totalCount } }');
  });
});

describe('variables', () => {
  const text = 'query A($first: Int, $gone: String) { devices(first: $first, search: $gone) { totalCount } }';
  const withArguments = (names: readonly string[]) => (nodes: readonly SelectionNode[]) => {
    const field = selected(nodes, 'devices')!;
    const given = names.map((name) => ({ kind: Kind.ARGUMENT as const, name: { kind: Kind.NAME as const, value: name }, value: variableNode(name) }));
    return replaced(nodes, field, { ...field, arguments: given });
  };

  it('are declared when they are used, with their types, and not when they are not', () => {
    const after = edited(text, QUERY, withArguments(['first', 'where', 'orderBy']));
    expect(after).toContain('query A($first: Int, $where: DeviceWhere, $orderBy: DeviceOrder)');
    expect(validate(schema, parse(after))).toEqual([]);
  });

  it('that a fragment may use stay', () => {
    const before = 'query A($gone: String) { viewer { ...F } }\nfragment F on Viewer { level }';
    const after = edited(before, QUERY, (nodes) => replaced(nodes, undefined, newField(rootField('tenants'))));
    expect(after).toContain('query A($gone: String)');
  });

  it('get names and values', () => {
    const operation = findOperation(parse(text), QUERY, 'A');
    expect([variableName('first', operation), variableName('last', operation)]).toEqual(['first2', 'last']);
    expect(JSON.parse(withVariable('{"a":1}', 'b', [2]))).toEqual({ a: 1, b: [2] });
    expect(JSON.parse(withVariable('', 'b', undefined))).toEqual({ b: null });
    expect(withVariable('{ "a": ', 'b', 1)).toBe('{ "a": ');
  });
});

it('says why a document cannot be read', () => {
  expect(read('query {').fault).toContain('Syntax Error');
  expect(read('# nothing yet\n').document?.definitions).toEqual([]);
});

it('follows the operation that would run', () => {
  const document = parse('query A { a } mutation B { b } query C { c }');
  expect(kindOf(document, 'B')).toBe(MUTATION);
  expect(findOperation(document, QUERY, 'C')?.name?.value).toBe('C');
  expect(findOperation(document, QUERY, 'B')?.name?.value).toBe('A');
});

it('finds fields by themselves and by what they answer', () => {
  const found = (search: string) => searchFields(rootFields(QUERY), search).map(({ field, by }) => [field.name, by]);
  expect(found('SERIALnumber')).toEqual([['devices', 'serialNumber']]);
  expect(found('library scripts')).toEqual([['scripts', null]]);
  expect(found('')).toHaveLength(rootFields(QUERY).length);
  expect(found('no such thing')).toEqual([]);
});

it('does not take an alias for another field', () => {
  const [alias] = findOperation(parse('{ mine: devices { totalCount } }'), QUERY, null)!.selectionSet.selections;
  expect(selected([alias!], 'devices')).toBe(alias);
  expect(selected([alias!], 'mine')).toBeUndefined();
  expect(selectionSet([alias!]).selections).toHaveLength(1);
});
