import { afterAll, beforeAll, expect, it } from 'vitest';
import { Stage } from './support/browser';
import { notice } from './support/graphiql';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.close());

it('are sent by their ids, over HTTP and the socket', async () => {
  const tab = await stage.tab(null);
  await tab.visit('/');
  await tab.signIn('admin');
  await tab.settle();
  for (const path of ['/requests', '/deployments', '/projects', '/servers', '/scripts', '/users', '/access-tokens', '/notifications']) {
    await tab.visit(path);
  }
  const sent = new Set(tab.trusted);
  for (const name of ['SignIn', 'Users', 'AccessTokens', 'Projects', 'NotificationReceived']) expect(sent).toContain(name);
  expect(tab.problems).toEqual([]);
  await tab.close();
});

it('are sent as texts to a server of another version', async () => {
  const tab = await stage.tab('admin');
  const { page } = tab;
  let refused = 0;
  await page.route('**/graphql', async (route) => {
    const body = route.request().postDataJSON() as { documentId?: string };
    if (!body.documentId) return route.fallback();
    refused += 1;
    const error = { message: 'Unknown.', extensions: { code: 'BAD_REQUEST', reason: 'UNKNOWN_DOCUMENT' } };
    await route.fulfill({ status: 400, contentType: 'application/graphql-response+json', body: JSON.stringify({ errors: [error] }) });
  });
  await tab.visit('/users');
  await page.getByRole('rowheader', { name: 'Sales Agent' }).waitFor();
  expect(refused).toBeGreaterThan(0);
  await tab.close();
});

it('are nobody’s to read from the server', async () => {
  for (const path of ['/documents/app.json', '/app.json', '/app_documents.json']) {
    const response = await fetch(stage.server.address + path);
    expect(response.status, path).toBe(404);
  }
});

it('are hidden from the explorer where the server does not tell its schema', async () => {
  const closed = await Stage.open({ ROOKERY_INTROSPECTION: 'signed_in' });
  try {
    const tab = await closed.tab(null);
    const { page } = tab;
    await page.goto('/graphiql');
    await notice(page).getByText('does not tell its schema').waitFor();
    await page.getByLabel('User name or email').fill('admin');
    await page.getByLabel('Password', { exact: true }).fill('admin123');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Acting as System Administrator').waitFor();
    await notice(page).getByText('does not tell its schema').waitFor({ state: 'detached' });
  } finally {
    await closed.close();
  }
});
