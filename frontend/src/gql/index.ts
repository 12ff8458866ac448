import { initGraphQLTada } from 'gql.tada';
import type { introspection } from './generated/graphql-env';

/** Types every operation from `schema.graphql`: `graphql(`query …`)`. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { ID: string; DateTime: string; JSON: unknown };
}>();

/** An enum or input of the schema by name: `Scalar<'RequestStatus'>`. */
export type Scalar<Name extends Parameters<typeof graphql.scalar>[0]> = ReturnType<
  typeof graphql.scalar<Name>
>;

export type { FragmentOf, ResultOf, VariablesOf } from 'gql.tada';
export { readFragment } from 'gql.tada';
