import type { CombinedError } from 'urql';

/** `extensions.code` of a GraphQL error, or why no answer came at all. */
export type ErrorCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'BAD_REQUEST'
  | 'RATE_LIMITED'
  | 'COST_EXCEEDED'
  | 'UNAVAILABLE'
  | 'INTERNAL'
  | 'NETWORK';

const SENTENCES: Record<ErrorCode, string> = {
  UNAUTHENTICATED: 'Your session has ended. Sign in again.',
  FORBIDDEN: 'Your role does not allow this.',
  NOT_FOUND: 'This does not exist, or you may not see it.',
  BAD_REQUEST: 'The server did not understand this request. Reload the page and try again.',
  RATE_LIMITED: 'Too many requests. Wait a moment and try again.',
  COST_EXCEEDED: 'This asks for too much at once. Narrow it down with a filter.',
  UNAVAILABLE: 'The server is busy or restarting. Try again in a moment.',
  INTERNAL: 'Something went wrong on the server.',
  NETWORK: 'The server cannot be reached. Check the connection and try again.',
};

export function errorCode(error: CombinedError): ErrorCode {
  for (const graphQLError of error.graphQLErrors) {
    const code = graphQLError.extensions.code;
    if (typeof code === 'string' && code in SENTENCES) return code as ErrorCode;
  }
  const status = (error.response as Response | undefined)?.status;
  if (status === 401) return 'UNAUTHENTICATED';
  if (status === 403) return 'FORBIDDEN';
  if (status === 429) return 'RATE_LIMITED';
  if (status !== undefined && status >= 500) return 'UNAVAILABLE';
  return error.networkError ? 'NETWORK' : 'INTERNAL';
}

/** A sentence for people; for an internal error it carries the id under which the server logged it. */
export function errorSentence(error: CombinedError): string {
  const code = errorCode(error);
  const correlation = error.graphQLErrors.find((e) => e.extensions.correlationId)?.extensions.correlationId;
  return typeof correlation === 'string'
    ? `${SENTENCES[code]} Give this id to your administrator: ${correlation}`
    : SENTENCES[code];
}
