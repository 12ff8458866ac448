import { beforeEach, expect, it } from 'vitest';
import { createStorage } from './storage';

beforeEach(() => localStorage.clear());

it.each([
  ['tabState', { tabs: [{ query: '{ a }', headers: '{"Authorization":"Bearer s3cret"}', variables: '{}' }], activeTabIndex: 0 }],
  ['queries', { queries: [{ query: '{ a }', headers: '{"Authorization":"Bearer s3cret"}' }] }],
  ['favorites', { favorites: [{ query: '{ a }', headers: 's3cret', label: 'mine' }] }],
  ['queries', { queries: [{ query: 'mutation { signIn(input: { login: "a", password: "s3cret" }) { token } }' }] }],
  ['queries', { queries: [{ query: 'mutation { a(input: { privateKey: """\ns3cret\n""" }) { b } }' }] }],
  ['tabState', { tabs: [{ query: '{ a }', variables: '{ "input": { "new_password": "s3cret\\" still s3cret", "name": "kept" } }' }] }],
])('%s: keeps %j without what is secret', (name, value) => {
  createStorage().setItem(`graphiql:${name}`, JSON.stringify(value));
  const kept = localStorage.getItem(`graphiql:${name}`)!;
  expect(kept).not.toContain('s3cret');
  expect(Object.keys(JSON.parse(kept) as object)).toEqual(Object.keys(value));
});

it('keeps what is not secret as it is', () => {
  const storage = createStorage();
  const tabs = JSON.stringify({ tabs: [{ query: '{ token passwords { id } }', variables: '{ "id": "x" }', title: 'A' }] });
  storage.setItem('graphiql:tabState', tabs);
  storage.setItem('graphiql:variables', '{ "id": "x" }');
  storage.setItem('graphiql:theme', 'dark');
  expect(storage.getItem('graphiql:tabState')).toBe(tabs);
  expect(storage.getItem('graphiql:variables')).toBe('{ "id": "x" }');
  expect(storage.getItem('graphiql:theme')).toBe('dark');
});

it('keeps no headers, and clears nothing but its own', () => {
  const storage = createStorage();
  storage.setItem('graphiql:headers', '{"Authorization":"Bearer s3cret"}');
  expect(storage.getItem('graphiql:headers')).toBe('');
  localStorage.setItem('rookery-color-scheme', 'dark');
  storage.clear();
  expect(storage.length).toBe(0);
  expect(localStorage.getItem('rookery-color-scheme')).toBe('dark');
});
