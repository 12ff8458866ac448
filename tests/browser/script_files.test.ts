import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Stage } from './support/browser';

let stage: Stage;
let folder: string;

const TASKS = `- name: Show the page
  ansible.builtin.debug:
    msg: "{{ lookup('template', 'page.j2') }}"
`;
const FILES: Readonly<Record<string, string>> = {
  'tasks/main.yml': `${TASKS}- name: Wrong\n  no.such.module:\n`,
  'templates/page.j2': 'Hello {{ server_name }}\n',
  'logo.png': '\x89PNG\0',
  '.git/config': '[core]\n',
};

beforeAll(async () => {
  stage = await Stage.open();
  folder = join(await mkdtemp(join(tmpdir(), 'rookery-role-')), 'web');
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content, 'latin1');
  }
});
afterAll(async () => {
  await stage?.close();
  if (folder) await rm(dirname(folder), { recursive: true });
});

it('takes the folder of a role, tells what is wrong in it, and shows what another revision changed', async () => {
  const tab = await stage.tab('admin');
  const { page } = tab;
  const editor = (of: string) => page.getByRole('textbox', { name: `Content of ${of}` });
  const faults = async () => (await new AxeBuilder({ page }).setLegacyMode(true).analyze()).violations.map(({ id }) => id);

  await tab.visit('/scripts/new');
  await page.getByLabel(/^Name/).fill('With a role');
  await editor('the script').fill('- hosts: all\n  roles: [web]\n');
  await page.locator('input[type=file]').setInputFiles(folder);
  await page.getByText('Left out, since they are no text or lie elsewhere: roles/web/logo.png').waitFor();
  expect(await page.locator('summary').allInnerTexts()).toEqual(['roles/web/tasks/main.yml', 'roles/web/templates/page.j2']);

  await page.keyboard.press('Control+S');
  await page.getByRole('alert').filter({ hasText: "Line 4: couldn't resolve module/action 'no.such.module'" }).waitFor();
  expect(await faults()).toEqual([]);
  await editor('roles/web/tasks/main.yml').fill(TASKS);
  await page.getByRole('button', { name: 'Create script' }).click();
  await tab.heading('With a role').waitFor();
  await page.getByText('roles/web/templates/page.j2').click();
  await page.getByRole('textbox', { name: 'roles/web/templates/page.j2 of With a role, revision 1' }).waitFor();
  expect(await faults()).toEqual([]);

  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByRole('button', { name: 'Add a file' }).click();
  await page.getByLabel('Path').last().fill('../note');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/^Below files, roles, tasks, templates, vars/).waitFor();
  await page.getByLabel('Path').last().fill('files/note');
  await editor('files/note').fill('A note\n');
  await page.getByRole('button', { name: 'Save' }).click();
  await tab.heading('With a role').waitFor();
  await page.getByText('Changes', { exact: true }).click();
  await page.getByRole('table', { name: 'Changes from revision 1 to revision 2: files/note' }).waitFor();
  expect(await page.getByRole('table', { name: /^Changes from/ }).count()).toBe(1);
  expect(tab.problems).toEqual([]);
  await tab.close();
});
