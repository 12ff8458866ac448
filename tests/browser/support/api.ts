import { PEOPLE, type Person } from './people';

interface Answer<Data> {
  data?: Data | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

/** The API, beside the browser: to bring about what a page then shows. */
export class Api {
  private constructor(
    private readonly address: string,
    /** The `name=value` of the session's cookie. */
    readonly cookie: string,
  ) {}

  static async signIn(address: string, person: Person): Promise<Api> {
    const response = await post(address, '', {
      query: 'mutation ($input: SignInInput!) { signIn(input: $input) { userErrors { message } } }',
      variables: { input: PEOPLE[person] },
    });
    const cookie = response.headers.getSetCookie().map((header) => header.split(';')[0]!);
    if (cookie.length !== 1) throw new Error(`${person} cannot sign in: ${await response.text()}`);
    return new Api(address, cookie[0]!);
  }

  async query<Data>(query: string, variables: object = {}): Promise<Data> {
    const response = await post(this.address, this.cookie, { query, variables });
    const { data, errors } = (await response.json()) as Answer<Data>;
    if (errors || !data) throw new Error(`${query}\n${JSON.stringify(errors)}`);
    return data;
  }

  /** Runs a mutation that must succeed; answers the id of what it made or changed. */
  async mutate(name: string, input: object, object: string): Promise<string> {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${object} { id } userErrors { code message } } }`;
    const data = await this.query<Record<string, Record<string, { id: string } | null> & { userErrors: object[] }>>(
      document,
      { input },
    );
    const payload = data[name]!;
    const made = payload[object];
    if (payload.userErrors.length > 0 || !made) throw new Error(`${name}: ${JSON.stringify(payload)}`);
    return made.id;
  }

  /** The id of the one object of a list that has this name. */
  async find(list: string, name: string): Promise<string> {
    const data = await this.query<Record<string, { nodes: { id: string; name: string }[] }>>(
      `query ($search: String!) { ${list}(first: 100, where: { search: $search }) { nodes { id name } } }`,
      { search: name },
    );
    const found = data[list]!.nodes.find((node) => node.name === name);
    if (!found) throw new Error(`${list} has no ${name}`);
    return found.id;
  }
}

function post(address: string, cookie: string, body: object): Promise<Response> {
  return fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...(cookie && { cookie }) },
    body: JSON.stringify(body),
  });
}
