import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Stage, type Tab } from './support/browser';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.close());

/** The status of a request by a token, and whose it is. */
async function actBy(secret: string): Promise<{ status: number; name?: string }> {
  const response = await fetch(`${stage.server.address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify({ query: '{ viewer { user { name } } }' }),
  });
  const { data } = (await response.json()) as { data?: { viewer: { user: { name: string } } } };
  return { status: response.status, name: data?.viewer.user.name };
}

async function faults({ page }: Tab): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  return violations.map(({ id }) => id);
}

/** Creates one from the open page; answers its secret, which the page has forgotten by then. */
async function create(tab: Tab, name: string): Promise<string> {
  const { page } = tab;
  await page.getByRole('button', { name: 'New access token' }).first().click();
  const form = page.getByRole('dialog', { name: 'New access token' });
  await form.getByLabel('Name').fill(name);
  expect(await faults(tab)).toEqual([]);
  await form.getByRole('button', { name: 'Create access token' }).click();
  const shown = page.getByRole('dialog', { name: `Secret of ${name}` });
  const secret = await shown.locator('code').innerText();
  expect(secret).toMatch(/^rookery_[0-9A-Za-z]{40}$/);
  expect(await faults(tab)).toEqual([]);
  await page.keyboard.press('Escape');
  await shown.getByRole('button', { name: 'I have kept it' }).click();
  await shown.waitFor({ state: 'detached' });
  const left = await page.evaluate(
    () => document.documentElement.outerHTML + JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }),
  );
  expect(left).toContain(secret.slice(0, 12));
  expect(left).not.toContain(secret);
  return secret;
}

it('is created, shown once, used and revoked', async () => {
  const tab = await stage.tab('tech_agent');
  const { page } = tab;
  await tab.visit('/');
  await page.getByRole('button', { name: 'Account of Technical Agent' }).click();
  await page.getByRole('menuitem', { name: 'Access tokens' }).click();
  await tab.heading('Access tokens').waitFor();
  await page.getByText('No access tokens').waitFor();
  const secret = await create(tab, 'Build machine');
  expect(await actBy(secret)).toEqual({ status: 200, name: 'Technical Agent' });
  await page.getByRole('rowheader', { name: 'Build machine' }).waitFor();
  await page.getByRole('button', { name: 'Revoke Build machine' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke access token' }).click();
  await page.getByRole('cell', { name: 'Revoked' }).waitFor();
  expect((await actBy(secret)).status).toBe(401);
  expect(tab.problems).toEqual([]);
  await tab.close();
});

it('is revoked by an administrator, too', async () => {
  const owner = await stage.tab('sales_agent');
  await owner.visit('/access-tokens');
  const secret = await create(owner, 'Exporter');
  await owner.close();
  const tab = await stage.tab('admin');
  const { page } = tab;
  await tab.visit('/users?q=Sales');
  await page.getByRole('button', { name: 'Access tokens of Sales Agent' }).click();
  const dialog = page.getByRole('dialog', { name: 'Access tokens of Sales Agent' });
  await dialog.getByRole('rowheader', { name: 'Exporter' }).waitFor();
  expect(await faults(tab)).toEqual([]);
  await dialog.getByRole('button', { name: 'Revoke Exporter' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke access token' }).click();
  await dialog.getByRole('cell', { name: 'Revoked' }).waitFor();
  expect((await actBy(secret)).status).toBe(401);
  expect(tab.problems).toEqual([]);
  await tab.close();
});
