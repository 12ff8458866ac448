import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Stage } from './support/browser';
import { LOCAL_SERVER, reaches } from './support/world';

const SOON = inDays(10);
const LATER = inDays(20);

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.close());

it('has what failed run again, later, and at another time than was first said', async () => {
  const api = await stage.api('admin');
  const content = 'echo checking\nexit 3\n';
  const scriptId = await api.mutate('createScript', { name: 'Fails after a word', kind: 'SSH', content }, 'script');
  const serverIds = [await api.find('servers', LOCAL_SERVER)];
  const first = await api.mutate('runScript', { scriptId, serverIds }, 'deployment');
  await reaches(api, first, 'FAILED');

  const tab = await stage.tab('admin');
  const { page } = tab;
  await tab.visit(`/deployments/${first}`);
  await page.getByRole('button', { name: 'Run again' }).click();
  const dialog = page.getByRole('dialog', { name: 'Run Fails after a word again?' });
  await dialog.getByRole('button', { name: 'Run again on 1 host' }).waitFor();
  await dialog.getByText('Later', { exact: true }).click();
  await dialog.getByLabel('Begins at').fill('2020-01-01T00:00');
  await dialog.getByRole('button', { name: 'Run again on 1 host' }).click();
  await dialog.getByText('That is in the past.').waitFor();
  await dialog.getByLabel('Begins at').fill(SOON);
  await dialog.getByText('You must still be allowed to run it then.').waitFor();
  expect((await new AxeBuilder({ page }).setLegacyMode(true).analyze()).violations).toEqual([]);
  await dialog.getByRole('button', { name: 'Schedule on 1 host' }).click();

  await page.waitForURL((url) => url.pathname.startsWith('/deployments/') && !url.pathname.endsWith(first));
  const again = new URL(page.url()).pathname.split('/').at(-1)!;
  await page.getByText(/^It begins on .*, at the earliest/).waitFor();
  // Nothing of the page of the first one is left.
  const log = page.getByRole('log', { name: 'Deployment log' });
  await log.getByText('Waiting for its turn').waitFor();
  expect(await log.innerText()).not.toContain('checking');
  await page.getByRole('region', { name: 'Hosts' }).getByText('Pending', { exact: true }).waitFor();
  await page.getByText('This runs again the run of').waitFor();
  const kept = await beginning(again);
  expect(new Date(kept.beginsAt).getTime()).toBe(new Date(SOON).getTime());
  expect(kept.rerunOf.id).toBe(first);

  await page.getByRole('button', { name: 'Change the time' }).click();
  const change = page.getByRole('dialog', { name: 'When does it begin?' });
  await change.getByLabel('Begins at').fill(LATER);
  await change.getByRole('button', { name: 'Change the time' }).click();
  await change.waitFor({ state: 'hidden' });
  expect(new Date((await beginning(again)).beginsAt).getTime()).toBe(new Date(LATER).getTime());
  expect(tab.problems).toEqual([]);
});

async function beginning(id: string): Promise<{ beginsAt: string; rerunOf: { id: string } }> {
  const document = 'query ($id: ID!) { deployment(id: $id) { beginsAt rerunOf { id } } }';
  const { deployment } = await (await stage.api('admin')).query<{ deployment: { beginsAt: string; rerunOf: { id: string } } }>(document, { id });
  return deployment;
}

/** Noon of a day to come, as the field has it. */
function inDays(days: number): string {
  const day = new Date(Date.now() + days * 86_400_000);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}T12:00`;
}
