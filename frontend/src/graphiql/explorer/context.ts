import { createContext, use } from 'react';
import type { GraphQLSchema, ValueNode } from 'graphql';

/** What the tree needs of the operation that it edits. */
export interface OperationTools {
  schema: GraphQLSchema;
  /** Makes a variable of a value; answers its name. */
  makeVariable: (wanted: string, value: ValueNode) => string;
}

export const OperationContext = createContext<OperationTools | null>(null);

export function useOperation(): OperationTools {
  const tools = use(OperationContext);
  if (!tools) throw new Error('useOperation outside the explorer');
  return tools;
}
