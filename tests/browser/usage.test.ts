import { afterAll, beforeAll, expect, it } from 'vitest';
import { Stage } from './support/browser';
import { clientsOf } from './support/world';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.close());

it('an administrator sees which client uses which field', async () => {
  const tab = await stage.tab('admin');
  const { page } = tab;
  await tab.visit('/users');
  const admin = await stage.api('admin');
  await expect.poll(() => clientsOf(admin, 'User.email'), { timeout: 30_000 }).toContain('rookery-app 0.1.0');
  // What the app follows by its socket counts, too.
  await expect
    .poll(() => clientsOf(admin, 'Subscription.notificationReceived'), { timeout: 30_000 })
    .toContain('rookery-app 0.1.0');

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'API usage' }).click();
  await tab.heading('API usage').waitFor();
  await page.getByRole('searchbox', { name: 'Search uses' }).fill('user.em');
  await page.waitForURL(/q=user\.em/);
  await tab.settle();
  const row = page.getByRole('table', { name: 'API usage' }).getByRole('row').filter({ hasText: 'User.email' });
  expect(await row.getByRole('cell').first().innerText()).toBe('rookery-app');
  expect(await page.getByRole('rowheader').allInnerTexts()).toEqual(['User.email']);

  // Nothing is deprecated now.
  await page.getByRole('combobox', { name: 'Fields' }).click();
  await page.getByRole('option', { name: 'Deprecated only' }).click();
  await page.getByText('No uses match').waitFor();
  await page.getByRole('button', { name: 'Clear search and filters' }).click();
  await page.getByRole('rowheader').first().waitFor();
  expect(tab.problems).toEqual([]);
  await tab.close();
});
