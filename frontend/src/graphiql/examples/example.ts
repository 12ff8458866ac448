import type { Domain } from '../domains';

/** A list of the schema, whose newest object may stand in for the one that a person has in mind. */
export type ListField = 'deployments' | 'serverRequests' | 'projects' | 'sites' | 'devices' | 'servers';

export interface Example {
  domain: Domain;
  title: string;
  /** A sentence that says what it shows. */
  about: string;
  document: string;
  variables?: Record<string, unknown>;
  /** Variables, by their path, that take the id of the first object of a list that the viewer sees. */
  fill?: Readonly<Record<string, ListField>>;
}

export type Kind = 'query' | 'mutation' | 'subscription';

/** What its operation is. */
export function kindOf({ document }: Example): Kind {
  return (/^(query|mutation|subscription)\b/m.exec(document)?.[1] ?? 'query') as Kind;
}

/** Its variables with ids filled in; what nothing was found for stays empty. */
export function filledVariables(
  { variables = {}, fill = {} }: Example,
  ids: Partial<Record<ListField, string>>,
): Record<string, unknown> {
  const filled = structuredClone(variables);
  for (const [path, list] of Object.entries(fill)) {
    const steps = path.split('.');
    const last = steps.pop()!;
    const holder = steps.reduce((object, step) => object[step] as Record<string, unknown>, filled);
    holder[last] = ids[list] ?? '';
  }
  return filled;
}

/** The query for the ids that an example asks for; null if it asks for none. */
export function idsQuery({ fill = {} }: Example): string | null {
  const lists = [...new Set(Object.values(fill))];
  if (lists.length === 0) return null;
  return `{ ${lists.map((list) => `${list}(first: 1) { nodes { id } }`).join(' ')} }`;
}
