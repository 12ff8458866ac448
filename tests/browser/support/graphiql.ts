import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** What is said above the editors. */
export const notice = (page: Page) => page.locator('main > [role="alert"]');

const tabButton = (page: Page, name: string) => page.locator('.graphiql-tabs').getByRole('button', { name, exact: true });

/** Opens an example and waits for its tab. */
export async function openExample(page: Page, title: string, name: string): Promise<void> {
  const tabs = page.locator('.graphiql-tabs > li');
  const before = await tabs.count();
  await page.getByRole('button', { name: title }).click();
  await expect.poll(() => tabs.count()).toBe(before + 1);
  await tabs.last().getByRole('button', { name, exact: true }).waitFor();
}

/** Replaces the operation, and waits until GraphiQL has understood it: before that it would still run the last one. */
export async function write(page: Page, name: string | null, text: string): Promise<void> {
  const editor = page.locator('.graphiql-query-editor .monaco-editor').first();
  await editor.waitFor();
  await editor.click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(text);
  if (name) await tabButton(page, name).waitFor();
}

export const run = (page: Page) => page.getByRole('button', { name: /^Execute/ }).click();

/** The headers of the operation that something sends. */
export async function sentBy(page: Page, send: () => Promise<void>): Promise<Record<string, string>> {
  const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/graphql'));
  await send();
  return (await sent).allHeaders();
}

/** What an editor shows; it draws its spaces as non-breaking ones. */
async function text(page: Page, editor: string): Promise<string> {
  const lines = await page.locator(`${editor} .view-lines`).first().innerText();
  return lines.replaceAll('\u00a0', ' ');
}

export const answer = (page: Page) => text(page, '.graphiql-response');

export const operation = async (page: Page) => (await text(page, '.graphiql-query-editor')).replace(/\s+/g, ' ');

export const shows = (page: Page, words: string) => expect.poll(() => answer(page), { timeout: 20_000 }).toContain(words);

export const stored = (page: Page) => page.evaluate(() => JSON.stringify({ ...localStorage }).replaceAll('\\"', '"'));

/** Whether the line of this field has the focus. */
export const hasFocus = (page: Page, field: string) =>
  page.evaluate((name) => document.activeElement?.closest('li')?.innerText.startsWith(name) ?? false, field);

export async function saveSet(page: Page, name: string, headers: Record<string, string>, choices: string[] = []): Promise<void> {
  await page.getByRole('button', { name: 'Show Saved headers' }).click();
  await page.getByRole('button', { name: 'New set' }).click();
  await page.getByLabel('Name of the set').fill(name);
  for (const [index, [header, value]] of Object.entries(headers).entries()) {
    if (index > 0) await page.getByRole('button', { name: 'Add header' }).click();
    await page.getByLabel(`Name of header ${index + 1}`).fill(header);
    await page.getByLabel(`Value of header ${index + 1}`, { exact: true }).fill(value);
  }
  for (const choice of choices) await page.getByLabel(choice).check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('radio', { name }).waitFor();
}
