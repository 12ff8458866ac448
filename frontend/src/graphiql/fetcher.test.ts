import { parse } from 'graphql';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CLIENT } from './client';
import { createFetcher, withHeaders } from './fetcher';

afterEach(() => vi.unstubAllGlobals());

function observed(response: () => Promise<Response>) {
  const asked = vi.fn<typeof fetch>(response);
  vi.stubGlobal('fetch', asked);
  const observer = { headers: () => ({ ...CLIENT }), generation: () => 1, onAnswer: vi.fn(), onUnreachable: vi.fn() };
  return { ...observer, asked, fetcher: createFetcher(observer) };
}

const json = (body: unknown) => () => Promise.resolve(new Response(JSON.stringify(body), { status: 200 }));
const parameters = { query: '{ a }', operationName: null };

it('says which client asks, and lets a tab say otherwise', async () => {
  const { fetcher, asked } = observed(json({ data: {} }));
  await fetcher(parameters, { headers: { 'GraphQL-Client-Name': 'mine' } });
  const sent = new Headers(asked.mock.calls[0]![1]!.headers);
  expect(sent.get('graphql-client-name')).toBe('mine');
  expect(sent.get('graphql-client-version')).toMatch(/^\d+\.\d+\.\d+/);
  expect(sent.get('content-type')).toBe('application/json');
});

it('tells of answers, and of the schema apart from them', async () => {
  const { fetcher, onAnswer } = observed(json({ data: { a: 1 } }));
  expect(await fetcher(parameters)).toEqual({ data: { a: 1 } });
  expect(onAnswer).toHaveBeenLastCalledWith({ data: { a: 1 } }, false);
  await fetcher({ ...parameters, operationName: 'IntrospectionQuery' });
  expect(onAnswer).toHaveBeenLastCalledWith({ data: { a: 1 } }, true);
});

describe('without an answer of the API', () => {
  it.each([
    ['no connection', () => Promise.reject(new TypeError('Failed to fetch'))],
    ['a page of a proxy', () => Promise.resolve(new Response('<h1>Bad gateway</h1>', { status: 502 }))],
  ])('says so: %s', async (_name, response) => {
    const { fetcher, onAnswer, onUnreachable } = observed(response);
    expect(await fetcher(parameters)).toEqual({ errors: [{ message: 'The server cannot be reached.' }] });
    expect(onUnreachable).toHaveBeenCalledOnce();
    expect(onAnswer).not.toHaveBeenCalled();
  });
});

it('gives nobody what was answered to somebody else', async () => {
  let generation = 1;
  const { asked, ...observer } = observed(json({ data: { a: 1 } }));
  const fetcher = createFetcher({ ...observer, generation: () => generation });
  const answer = fetcher(parameters);
  generation = 2;
  expect(JSON.stringify(await answer)).toMatch(/^\{"errors":.*somebody who has signed out/);
  expect(asked).toHaveBeenCalledOnce();
});

it('runs a subscription over a socket', async () => {
  const { fetcher, asked } = observed(json({}));
  const documentAST = parse('query A { a } subscription B { b }');
  const result = await fetcher({ ...parameters, operationName: 'B' }, { documentAST });
  expect(result).toSatisfy((value: object) => Symbol.asyncIterator in value);
  expect(asked).not.toHaveBeenCalled();
  await fetcher({ ...parameters, operationName: 'A' }, { documentAST });
  expect(asked).toHaveBeenCalledOnce();
});

it('lets the later of two headers win, however they are written', () => {
  expect(withHeaders({ Authorization: 'a', b: '1' }, { authorization: 'c' })).toEqual({ b: '1', authorization: 'c' });
});
