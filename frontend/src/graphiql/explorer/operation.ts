import {
  Kind,
  OperationTypeNode,
  parse,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
import { selectionSet, typeNode } from './selection';

export const KINDS = [OperationTypeNode.QUERY, OperationTypeNode.MUTATION, OperationTypeNode.SUBSCRIPTION] as const;

/** What an editor holds: a document, or why it is none. */
export type Reading = { document: DocumentNode; fault: null } | { document: null; fault: string };

const EMPTY: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] };

export function read(text: string): Reading {
  // A document of comments only is none to the parser, and a good start to people.
  if (text.replace(/#[^\n]*/g, '').trim() === '') return { document: EMPTY, fault: null };
  try {
    return { document: parse(text), fault: null };
  } catch (error) {
    return { document: null, fault: error instanceof Error ? error.message : String(error) };
  }
}

const operationsOf = (document: DocumentNode) =>
  document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);

/** The operation of this kind that is worked on: the one that would run, otherwise the first. */
export function findOperation(
  document: DocumentNode,
  kind: OperationTypeNode,
  name: string | null | undefined,
): OperationDefinitionNode | undefined {
  const operations = operationsOf(document).filter(({ operation }) => operation === kind);
  return operations.find((operation) => operation.name?.value === name) ?? operations[0];
}

/** The kind of the operation that would run. */
export function kindOf(document: DocumentNode, name: string | null | undefined): OperationTypeNode {
  const operations = operationsOf(document);
  const current = operations.find((operation) => operation.name?.value === name) ?? operations[0];
  return current?.operation ?? OperationTypeNode.QUERY;
}

/** A change of a text: what stands from `start` to `end` becomes `text`. */
export interface Change {
  start: number;
  end: number;
  text: string;
}

/** How the text of a document changes where an operation gets these selections; the rest of it stays to the letter. */
export function changeOf(
  text: string,
  operation: OperationDefinitionNode | undefined,
  kind: OperationTypeNode,
  selections: readonly SelectionNode[],
  schema: GraphQLSchema,
): Change | null {
  const loc = operation?.loc;
  if (selections.length === 0) return loc ? { start: loc.start, end: loc.end, text: '' } : null;
  const next = settleVariables({ ...(operation ?? newOperation(kind, text)), selectionSet: selectionSet(selections) }, schema);
  if (loc) return { start: loc.start, end: loc.end, text: print(next) };
  const gap = text.trim() === '' || text.endsWith('\n\n') ? '' : text.endsWith('\n') ? '\n' : '\n\n';
  return { start: text.length, end: text.length, text: `${gap}${print(next)}\n` };
}

/** Named, because a document with several operations must have names. */
function newOperation(kind: OperationTypeNode, text: string): OperationDefinitionNode {
  const base = `My${kind[0]!.toUpperCase()}${kind.slice(1)}`;
  let name = base;
  for (let count = 2; new RegExp(`\\b${name}\\b`).test(text); count += 1) name = `${base}${count}`;
  return {
    kind: Kind.OPERATION_DEFINITION,
    operation: kind,
    name: { kind: Kind.NAME, value: name },
    selectionSet: selectionSet([]),
  };
}

/** Declares the variables that an operation uses, and no others. */
function settleVariables(operation: OperationDefinitionNode, schema: GraphQLSchema): OperationDefinitionNode {
  const used = new Map<string, GraphQLInputType | null>();
  let hasSpread = false;
  const types = new TypeInfo(schema);
  // Declarations name variables too, without using them.
  visit(
    { ...operation, variableDefinitions: [] },
    visitWithTypeInfo(types, {
      Variable: ({ name }) => void used.set(name.value, used.get(name.value) ?? types.getInputType() ?? null),
      FragmentSpread: () => void (hasSpread = true),
    }),
  );
  const declared = operation.variableDefinitions ?? [];
  // A fragment elsewhere may use what this operation does not.
  const kept = declared.filter(({ variable }) => hasSpread || used.has(variable.name.value));
  const known = new Set(kept.map(({ variable }) => variable.name.value));
  const added = [...used].flatMap(([name, type]) =>
    known.has(name) || !type
      ? []
      : [
          {
            kind: Kind.VARIABLE_DEFINITION as const,
            variable: { kind: Kind.VARIABLE as const, name: { kind: Kind.NAME as const, value: name } },
            type: typeNode(type),
          },
        ],
  );
  return { ...operation, variableDefinitions: [...kept, ...added] };
}

/** A name for a variable that the operation does not have yet. */
export function variableName(wanted: string, operation: OperationDefinitionNode | undefined): string {
  const taken = new Set((operation?.variableDefinitions ?? []).map(({ variable }) => variable.name.value));
  let name = wanted;
  for (let count = 2; taken.has(name); count += 1) name = `${wanted}${count}`;
  return name;
}

/** The variables' JSON with one more in it; as it was if it is no object, which is its writer's to mend. */
export function withVariable(json: string, name: string, value: unknown): string {
  try {
    const variables = JSON.parse(json.trim() || '{}') as unknown;
    if (typeof variables !== 'object' || variables === null || Array.isArray(variables)) return json;
    return JSON.stringify({ ...variables, [name]: value ?? null }, null, 2);
  } catch {
    return json;
  }
}
