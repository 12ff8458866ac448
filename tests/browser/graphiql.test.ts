import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Stage, type Tab } from './support/browser';
import { PEOPLE } from './support/people';
import { fileLocalRequest } from './support/world';

let stage: Stage;
let tab: Tab;

beforeAll(async () => {
  stage = await Stage.open();
  tab = await stage.tab(null);
});
afterAll(() => stage?.close());

it('loads under the content security policy, and signs in', async () => {
  const { page } = tab;
  await page.goto('/graphiql');
  await page.getByText('Not signed in').waitFor();
  await page.getByLabel('User name or email').fill(PEOPLE.admin.login);
  await page.getByLabel('Password', { exact: true }).fill(PEOPLE.admin.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Acting as System Administrator').waitFor();
  expect(tab.problems).toEqual([]);
});

it('runs a query', async () => {
  await write(tab.page, 'Level', 'query Level { viewer { level } }');
  await run(tab.page);
  await expect.poll(() => answer(tab.page), { timeout: 20_000 }).toContain('"level": "ADMIN"');
  expect(tab.problems).toEqual([]);
});

it('runs a subscription', async () => {
  const { page } = tab;
  await write(page, 'Told', 'subscription Told { notificationReceived { title body } }');
  const subscribed = page.waitForEvent('websocket').then((socket) =>
    socket.waitForEvent('framesent', { predicate: ({ payload }) => String(payload).includes('"subscribe"') }),
  );
  await run(page);
  await subscribed;
  // What happened before the server had the subscription is not told: something happens until it is heard of.
  const sales = await stage.api('sales_agent');
  let filed = 0;
  await expect
    .poll(
      async () => {
        filed += 1;
        await fileLocalRequest(sales, `showroom-graphiql-${filed}`);
        return answer(page);
      },
      { timeout: 30_000, interval: 1000 },
    )
    .toContain('showroom-graphiql-');
  await page.getByRole('button', { name: /^Stop/ }).click();
  expect(tab.problems).toEqual([]);
});

it('knows the schema', async () => {
  const { page } = tab;
  await page.getByRole('button', { name: /documentation explorer/i }).click();
  await page.getByText('Root Types').waitFor();
  expect(tab.problems).toEqual([]);
});

/** Replaces the operation, and waits until the explorer has understood it: before that it would still run the last one. */
async function write(page: Page, name: string, operation: string): Promise<void> {
  const editor = page.locator('.graphiql-query-editor .monaco-editor').first();
  await editor.waitFor();
  await editor.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(operation);
  await page.getByRole('tab', { name }).waitFor();
}

const run = (page: Page) => page.getByRole('button', { name: /^Execute/ }).click();

/** The editor draws its spaces as non-breaking ones. */
async function answer(page: Page): Promise<string> {
  const text = await page.locator('.graphiql-response .view-lines').first().innerText();
  return text.replaceAll('\u00a0', ' ');
}
