import { createRequest, formatDocument, stringifyDocument, type TypedDocumentNode } from '@urql/core';

declare global {
  /** What `graphql()` made, in the build that notes documents. */
  var madeDocuments: TypedDocumentNode[] | undefined;
}

// Whatever asks the server anything is loaded, and with it its documents are made.
import.meta.glob(['../src/{api,app,features,ui}/**/*.{ts,tsx}', '!../src/**/*.test.*'], { eager: true });

/** The texts that the client sends: as the cache completes them, and as they are for what passes the cache by. */
function textsOf(document: TypedDocumentNode): string[] {
  const { query } = createRequest(document, {});
  return [stringifyDocument(query), stringifyDocument(formatDocument(query))];
}

const operations = (globalThis.madeDocuments ?? []).filter(({ definitions }) =>
  definitions.some(({ kind }) => kind === 'OperationDefinition'),
);

export const documents: readonly string[] = [...new Set(operations.flatMap(textsOf))].sort();
