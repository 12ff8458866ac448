import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage, type Tab } from './support/browser';
import { fileLocalRequest } from './support/world';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.close());

describe('with the keyboard alone', () => {
  it('one skips the navigation', async () => {
    const tab = await stage.tab('admin');
    const { page } = tab;
    await tab.visit('/');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    await tab.close();
  });

  it('the focus follows to the page that a link opens', async () => {
    const tab = await stage.tab('admin');
    await tab.visit('/');
    await tab.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Servers' }).press('Enter');
    await tab.heading('Servers').waitFor();
    await expect.poll(() => focused(tab.page)).toBe('Servers');
    await tab.close();
  });

  it('one reaches every part of the request form, in its order, and sees where one is', async () => {
    const tab = await stage.tab('sales_agent');
    const { page } = tab;
    await tab.visit('/requests/new');
    await page.locator('#main').focus();
    const stops: string[] = [];
    while (stops.at(-1) !== 'File request') {
      await page.keyboard.press('Tab');
      stops.push(await focused(page));
      expect(stops.length, stops.join(', ')).toBeLessThan(40);
      expect(await isShown(page), stops.at(-1)).toBe(true);
    }
    const fields = ['Project', 'Name', 'Type', 'CPU cores', 'Memory, GB', 'Storage', 'Operating system', 'Application', 'Priority', 'Expected usage', 'Justification', 'Script', 'Cancel', 'File request'];
    expect(stops.filter((stop) => fields.includes(stop))).toEqual(fields);
    await tab.close();
  });

  it('a dialog keeps the focus, closes on Escape and gives the focus back', async () => {
    const id = await fileLocalRequest(await stage.api('sales_agent'), 'showroom-keyboard');
    const tab = await stage.tab('admin');
    await tab.visit(`/requests/${id}`);
    for (const [opener, field] of [['Reject', 'Reason'], ['Approve', 'Note']] as const) {
      await expectDialog(tab, opener, field);
    }
    expect(tab.problems).toEqual([]);
    await tab.close();
  });

  it('a menu opens, closes on Escape and gives the focus back', async () => {
    const tab = await stage.tab('admin');
    const { page } = tab;
    await tab.visit('/');
    const opener = page.getByRole('button', { name: 'Account of System Administrator' });
    await opener.press('Enter');
    await expect.poll(() => focused(page)).toBe('Notifications');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => focused(page)).toBe('Access tokens');
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'hidden' });
    await expect.poll(() => focused(page)).toBe('Account of System Administrator');
    await tab.close();
  });

  it('on a phone, the navigation opens over the page and closes on Escape', async () => {
    const tab = await stage.tab('admin', { width: 390 });
    const { page } = tab;
    await tab.visit('/');
    await page.getByRole('button', { name: 'Navigation' }).press('Enter');
    const drawer = page.getByRole('dialog');
    await drawer.getByRole('link', { name: 'Projects' }).waitFor();
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'hidden' });
    await expect.poll(() => focused(page)).toBe('Navigation');
    await tab.close();
  });
});

async function expectDialog({ page }: Tab, opener: string, field: string): Promise<void> {
  await page.getByRole('button', { name: opener, exact: true }).press('Enter');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  await expect.poll(() => focused(page)).toBe(field);
  for (let press = 0; press < 12; press += 1) {
    await page.keyboard.press(press < 8 ? 'Tab' : 'Shift+Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('[role="dialog"]') !== null)).toBe(true);
  }
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await expect.poll(() => focused(page)).toBe(opener);
}

/** The name of what has the focus: of a group of radio buttons, the group's. */
function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return '';
    const group = element.matches('input[type="radio"]') ? element.closest('fieldset')?.querySelector('legend') : null;
    const label = group ?? (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.labels?.[0] : null);
    const name = element.getAttribute('aria-label') ?? (label ?? element).textContent ?? '';
    return name.replace(/\s*\*$/, '').trim();
  });
}

/** What has the focus is in view, and marked as having it. */
function isShown(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element?.matches(':focus-visible')) return false;
    // A radio button is drawn by the words beside it.
    const drawn = element.matches('input[type="radio"]') ? (element.nextElementSibling ?? element) : element;
    const { top, bottom } = drawn.getBoundingClientRect();
    return bottom > 0 && top < window.innerHeight;
  });
}
