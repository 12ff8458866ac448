import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  Kind,
  parseType,
  type ArgumentNode,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type InlineFragmentNode,
  type NameNode,
  type SelectionNode,
  type SelectionSetNode,
  type TypeNode,
  type ValueNode,
} from 'graphql';

export type Field = GraphQLField<unknown, unknown>;

const nameOf = (value: string): NameNode => ({ kind: Kind.NAME, value });

/** The selected field of this name; an alias does not matter. */
export const selected = (selections: readonly SelectionNode[], name: string): FieldNode | undefined =>
  selections.find((node): node is FieldNode => node.kind === Kind.FIELD && node.name.value === name);

/** The selected fragment on this type. */
export const selectedOn = (selections: readonly SelectionNode[], type: string): InlineFragmentNode | undefined =>
  selections.find(
    (node): node is InlineFragmentNode => node.kind === Kind.INLINE_FRAGMENT && node.typeCondition?.name.value === type,
  );

/** Selections with one of them replaced, added or left out. */
export function replaced(
  selections: readonly SelectionNode[],
  before: SelectionNode | undefined,
  after: SelectionNode | undefined,
): readonly SelectionNode[] {
  if (!before) return after ? [...selections, after] : selections;
  return selections.flatMap((node) => (node === before ? (after ?? []) : node));
}

export const selectionSet = (selections: readonly SelectionNode[]): SelectionSetNode => ({
  kind: Kind.SELECTION_SET,
  selections,
});

/** A field to begin with: its required arguments, and a selection that is worth something. */
export function newField(field: Field): FieldNode {
  const type = getNamedType(field.type);
  return {
    kind: Kind.FIELD,
    name: nameOf(field.name),
    arguments: field.args.filter(isRequiredArgument).map(newArgument),
    ...(isCompositeType(type) && { selectionSet: selectionSet(firstSelections(type, 0)) }),
  };
}

export const newFragment = (type: string): InlineFragmentNode => ({
  kind: Kind.INLINE_FRAGMENT,
  typeCondition: { kind: Kind.NAMED_TYPE, name: nameOf(type) },
  selectionSet: selectionSet([{ kind: Kind.FIELD, name: nameOf('__typename') }]),
});

export const newArgument = (argument: GraphQLArgument): ArgumentNode => ({
  kind: Kind.ARGUMENT,
  name: nameOf(argument.name),
  value: newValue(argument.type),
});

/** How deep a selection may go to find something to begin with. */
const DEPTH = 3;

/** What one would ask for first: what is in a list or came of a mutation, what names an object, or its first leaf. */
function firstSelections(type: GraphQLOutputType, depth: number): SelectionNode[] {
  const named = getNamedType(type);
  if (!isObjectType(named) && !isInterfaceType(named)) return [leaf('__typename')];
  const fields = Object.values(named.getFields()).filter(({ args }) => !args.some(isRequiredArgument));
  const find = (name: string) => fields.find((field) => field.name === name);
  const nested = (field: Field): FieldNode => ({
    ...leaf(field.name),
    selectionSet: selectionSet(firstSelections(field.type, depth + 1)),
  });

  const nodes = find('nodes');
  if (nodes && isCompositeType(getNamedType(nodes.type))) return [nested(nodes)];
  const faults = find('userErrors');
  if (faults) {
    const made = fields.filter((field) => field !== faults).slice(0, 1);
    const parts = made.map((field) => (isLeafType(getNamedType(field.type)) ? leaf(field.name) : nested(field)));
    const told = ['code', 'field', 'message'].map(leaf);
    return [...parts, { ...leaf('userErrors'), selectionSet: selectionSet(told) }];
  }
  const names = ['id', 'name'].filter((name) => isLeafType(getNamedType(find(name)?.type)));
  if (names.length > 0) return names.map(leaf);
  const first = fields.find((field) => isLeafType(getNamedType(field.type)));
  if (first) return [leaf(first.name)];
  const object = depth < DEPTH ? fields[0] : undefined;
  return [object ? nested(object) : leaf('__typename')];
}

const leaf = (name: string): FieldNode => ({ kind: Kind.FIELD, name: nameOf(name) });

/** A value of a type to begin with. */
export function newValue(type: GraphQLInputType): ValueNode {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return { kind: Kind.LIST, values: [] };
  if (isEnumType(nullable)) return { kind: Kind.ENUM, value: nullable.getValues()[0]?.name ?? '' };
  if (isInputObjectType(nullable)) {
    const required = Object.values(nullable.getFields()).filter(isRequiredInputField);
    // Of an input that takes exactly one, the first is as good as any.
    const fields = nullable.isOneOf ? Object.values(nullable.getFields()).slice(0, 1) : required;
    return { kind: Kind.OBJECT, fields: fields.map(newObjectField) };
  }
  switch (getNamedType(type).name) {
    case 'Int':
      return { kind: Kind.INT, value: '10' };
    case 'Float':
      return { kind: Kind.FLOAT, value: '0.0' };
    case 'Boolean':
      return { kind: Kind.BOOLEAN, value: true };
    case 'JSON':
      return { kind: Kind.OBJECT, fields: [] };
    default:
      return { kind: Kind.STRING, value: '' };
  }
}

export const newObjectField = (field: GraphQLInputField) => ({
  kind: Kind.OBJECT_FIELD as const,
  name: nameOf(field.name),
  value: newValue(field.type),
});

export const variableNode = (name: string) => ({ kind: Kind.VARIABLE as const, name: nameOf(name) });

/** A type as a document writes it. */
export const typeNode = (type: GraphQLInputType): TypeNode => parseType(String(type));
