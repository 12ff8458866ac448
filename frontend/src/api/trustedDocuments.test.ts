import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const BODY = { operationName: 'A', query: 'query A { viewer { level } }', variables: { id: 1 } };
const ID = 'sha256:6a2ebb1a7cf9';

const answer = (status: number, body: object) => new Response(JSON.stringify(body), { status });
const unknown = () => answer(400, { errors: [{ message: 'No.', extensions: { code: 'BAD_REQUEST', reason: 'UNKNOWN_DOCUMENT' } }] });
const known = () => answer(200, { data: { viewer: { level: null } } });

const server = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();

async function send(): Promise<Response> {
  const { fetchTrusted } = await import('./trustedDocuments');
  return fetchTrusted('/graphql', { method: 'POST', body: JSON.stringify(BODY) });
}

const sent = () => server.mock.calls.map(([, { body }]) => JSON.parse(body as string) as Record<string, unknown>);

beforeEach(() => {
  vi.resetModules();
  vi.stubEnv('DEV', false);
  vi.stubGlobal('fetch', server);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  server.mockReset();
});

describe('fetchTrusted', () => {
  it('sends the id instead of the text', async () => {
    server.mockResolvedValue(known());
    expect((await send()).status).toBe(200);
    const { query, documentId, ...rest } = sent()[0]!;
    expect(query).toBeUndefined();
    expect(documentId).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(rest).toEqual({ operationName: 'A', variables: { id: 1 } });
  });

  it('sends the text to a server that does not know the id, and goes on with it', async () => {
    server.mockImplementation((_url, { body }) => Promise.resolve((body as string).includes(ID.slice(0, 7)) ? unknown() : known()));
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(200);
    expect(sent().map((body) => 'query' in body)).toEqual([false, true, true]);
  });

  it('passes other refusals on', async () => {
    server.mockImplementation(() => Promise.resolve(answer(400, { errors: [{ message: 'Wrong.', extensions: { code: 'BAD_REQUEST' } }] })));
    expect(await (await send()).json()).toEqual({ errors: [{ message: 'Wrong.', extensions: { code: 'BAD_REQUEST' } }] });
    expect(sent()).toHaveLength(1);
  });

  it('sends the text where nothing can be hashed', async () => {
    vi.stubGlobal('crypto', {});
    server.mockResolvedValue(known());
    await send();
    expect(sent()[0]).toEqual(BODY);
  });
});

it('leaves the empty text out of the messages that name a document', async () => {
  const { withoutText } = await import('./trustedDocuments');
  const write = (payload: object) => JSON.parse(JSON.stringify({ type: 'subscribe', payload }, withoutText)) as object;
  expect(write({ query: '', documentId: 'sha256:1' })).toEqual({ type: 'subscribe', payload: { documentId: 'sha256:1' } });
  expect(write({ query: '{ a }' })).toEqual({ type: 'subscribe', payload: { query: '{ a }' } });
});
