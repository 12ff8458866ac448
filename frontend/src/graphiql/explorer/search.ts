import { getNamedType, isInterfaceType, isObjectType, type GraphQLNamedType } from 'graphql';
import type { Field } from './selection';

/** Why a field was found: by itself, or by a field of what it answers. */
export interface Match {
  field: Field;
  by: string | null;
}

/** The fields that have all the words in their name or description, then those whose answers have them in a field's name. */
export function searchFields(fields: readonly Field[], search: string): Match[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return fields.map((field) => ({ field, by: null }));
  const has = (text: string) => words.every((word) => text.toLowerCase().includes(word));
  return fields.flatMap((field): Match[] => {
    if (has(`${field.name} ${field.description ?? ''}`)) return [{ field, by: null }];
    const within = fieldsOf(answered(field)).find(({ name }) => has(name));
    return within ? [{ field, by: within.name }] : [];
  });
}

/** The objects that a field is about: those in a list, or what came of a mutation. */
function answered(field: Field): GraphQLNamedType {
  const type = getNamedType(field.type);
  const fields = fieldsOf(type);
  const about = fields.find(({ name }) => name === 'nodes') ?? (hasFaults(fields) ? fields[0] : undefined);
  return about ? getNamedType(about.type) : type;
}

const hasFaults = (fields: readonly Field[]) => fields.some(({ name }) => name === 'userErrors');

const fieldsOf = (type: GraphQLNamedType): readonly Field[] =>
  isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
