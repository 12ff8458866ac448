interface Answer<Data> {
  data?: Data | null;
  errors?: { message: string }[];
}

/** One operation without urql, which the explorer does not load. */
export async function post<Data>(query: string, variables: Record<string, unknown>, token = ''): Promise<Answer<Data>> {
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      credentials: 'same-origin',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer<Data>;
  } catch {
    return { errors: [{ message: 'The server cannot be reached.' }] };
  }
}
