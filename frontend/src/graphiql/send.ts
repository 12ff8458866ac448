export interface AnswerError {
  message: string;
  extensions?: { code?: string };
}

export interface Answer<Data = Record<string, unknown>> {
  data?: Data | null;
  errors?: readonly AnswerError[];
  extensions?: Record<string, unknown>;
}

export interface Operation {
  query: string;
  variables?: unknown;
  operationName?: string | null;
}

/** No answer of the API came: the network, the server or a proxy before it is at fault. */
export class Unreachable extends Error {
  constructor() {
    super('The server cannot be reached.');
  }
}

/** One operation without urql, which GraphiQL does not load. Throws `Unreachable`. */
export async function send<Data>(operation: Operation, headers: Record<string, string>): Promise<Answer<Data>> {
  let response: Response;
  try {
    response = await fetch('/graphql', {
      method: 'POST',
      credentials: 'same-origin',
      headers: {
        ...headers,
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
      },
      body: JSON.stringify(operation),
    });
  } catch {
    throw new Unreachable();
  }
  try {
    return (await response.json()) as Answer<Data>;
  } catch {
    throw new Unreachable();
  }
}

/** The first error's code, by which the server says what went wrong. */
export const codeOf = ({ errors }: Answer<unknown>) => errors?.[0]?.extensions?.code;
