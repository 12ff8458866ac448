import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Server } from './support/server';

let server: Server;
let url: string;

beforeAll(async () => {
  server = await Server.start();
  url = `${server.address}/graphql`;
});
afterAll(() => server?.stop());

describe('GraphQL over HTTP, by the audit of its working group', () => {
  // Its MUST, SHOULD and MAY alike.
  for (const audit of serverAudits({ url: () => url, fetchFn: fetch })) {
    it(`${audit.id}: ${audit.name}`, async () => {
      expect(await audit.fn()).toMatchObject({ status: 'ok' });
    });
  }
});

describe('GET', () => {
  const get = (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(`${url}?${new URLSearchParams(parameters)}`, { headers });

  it('answers queries, with variables', async () => {
    const query = 'query Named($yes: Boolean!) { viewer @include(if: $yes) { level } }';
    const answer = await get({ query, operationName: 'Named', variables: '{"yes":true}' });
    expect(await answer.json()).toMatchObject({ data: { viewer: { level: null } } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('carries out no mutation', async () => {
    const query = 'query Q { __typename } mutation M { signOut(input: {}) { userErrors { code } } }';
    const answer = await get({ query, operationName: 'M' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect((await get({ query, operationName: 'Q' })).status).toBe(200);
  });

  it('does nothing for what a foreign page embeds', async () => {
    const answer = await get({ query: '{ __typename }' }, { 'sec-fetch-site': 'cross-site' });
    expect(answer.status).toBe(403);
  });

  it('says what is wrong with parameters', async () => {
    for (const parameters of [{}, { query: '{ __typename }', variables: '{' }, { query: '{ __typename }', variables: '[]' }]) {
      const answer = await get(parameters as Record<string, string>);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
    }
  });
});
