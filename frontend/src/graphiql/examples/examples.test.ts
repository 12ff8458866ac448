import { readFileSync } from 'node:fs';
import {
  buildSchema,
  getVariableValues,
  parse,
  validate,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { DOMAINS, domainOf } from '../domains';
import { filledVariables, idsQuery, kindOf, type ListField } from './example';
import { EXAMPLES } from './index';

const schema: GraphQLSchema = buildSchema(readFileSync('../schema.graphql', 'utf8'));
const IDS: Record<ListField, string> = {
  deployments: 'd',
  serverRequests: 'r',
  projects: 'p',
  sites: 's',
  devices: 'v',
  servers: 'm',
};

describe.each(EXAMPLES)('"$title"', (example) => {
  const document = parse(example.document);
  const operation = document.definitions[0] as OperationDefinitionNode;

  it('is valid', () => {
    expect(validate(schema, document)).toEqual([]);
    expect(document.definitions).toHaveLength(1);
    expect(kindOf(example)).toBe(operation.operation);
    // It names the tab.
    expect(operation.name?.value).toMatch(/^[A-Z]/);
  });

  it('has variables that fit', () => {
    const { errors, coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], example.variables ?? {});
    expect(errors ?? []).toEqual([]);
    expect(Object.keys(example.variables ?? {}).sort()).toEqual(Object.keys(coerced ?? {}).sort());
  });

  it('takes ids from lists that there are', () => {
    const query = idsQuery(example);
    if (query) expect(validate(schema, parse(query))).toEqual([]);
    const filled = JSON.stringify(filledVariables(example, IDS));
    for (const list of Object.values(example.fill ?? {})) expect(filled).toContain(`:"${IDS[list]}"`);
    const { errors } = getVariableValues(schema, operation.variableDefinitions ?? [], filledVariables(example, IDS));
    expect(errors).toBeUndefined();
  });

  it('is of the domain of its field', () => {
    const [field] = operation.selectionSet.selections;
    const name = field?.kind === 'Field' ? field.name.value : '';
    // What a viewer has is of several domains, and a cost is of none.
    if (name !== 'viewer' && example.domain !== 'general') expect(domainOf(name)).toBe(example.domain);
  });
});

it('there are examples of every domain, each with a name of its own', () => {
  expect(new Set(EXAMPLES.map(({ domain }) => domain))).toEqual(new Set(Object.keys(DOMAINS)));
  expect(new Set(EXAMPLES.map(({ title }) => title)).size).toBe(EXAMPLES.length);
});
