import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Stage, type Tab } from './support/browser';
import { fileLocalRequest, fileRequest, LOCAL_PROJECT, LOCAL_SCRIPT, LOCAL_SERVER } from './support/world';

const NAME = 'showroom-web-01';
const NOTE = 'Fits the budget of this quarter.';
const JUSTIFICATION = 'The sales team shows this service to clients every week.';
const LAST_TASK = 'Report';

let stage: Stage;
let sales: Tab;
let admin: Tab;
let technician: Tab;

beforeAll(async () => {
  stage = await Stage.open();
  sales = await stage.tab(null);
  admin = await stage.tab('admin');
  technician = await stage.tab('tech_agent');
});
afterAll(() => stage?.close());
afterEach(() => {
  for (const { problems } of [sales, admin, technician]) expect(problems.splice(0)).toEqual([]);
});

describe('the main job', () => {
  // Each step goes on from the last one.
  let failed = false;
  beforeEach(({ skip }) => skip(failed, 'an earlier step failed'));
  afterEach(({ task }) => {
    failed ||= task.result?.state === 'fail';
  });

  let requestPath: string;
  let deploymentPath: string;
  let log: string;

  it('begins with a request that is filed on the page', async () => {
    const { page } = sales;
    await sales.visit('/requests/new');
    await sales.signIn('sales_agent');
    await sales.heading('New request').waitFor();
    await choose(page, 'Project', LOCAL_PROJECT);
    await page.getByRole('textbox', { name: 'Name' }).fill(NAME);
    await page.getByRole('combobox', { name: 'Operating system' }).fill('Debian 12');
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: 'Justification' }).fill(JUSTIFICATION);
    await choose(page, 'Script', LOCAL_SCRIPT);
    await choose(page, 'Target server', LOCAL_SERVER);
    await page.getByText('it can be approved as filed').waitFor();
    await page.getByRole('button', { name: 'File request' }).click();
    await sales.heading(NAME).waitFor();
    await badge(page, 'Pending').waitFor();
    requestPath = new URL(page.url()).pathname;
    await keepDocument(page);
  });

  it('goes on with the plan, read and approved', async () => {
    const { page } = admin;
    await admin.visit('/requests');
    await page.getByRole('link', { name: NAME }).click();
    await admin.heading(NAME).waitFor();
    const plan = page.getByRole('region', { name: 'What would happen' });
    await plan.getByText(`${LOCAL_SCRIPT}, revision 1`).waitFor();
    await plan.getByText('Find the service directory').first().waitFor();
    await plan.getByText(LOCAL_SERVER).first().waitFor();
    const digest = await planDigest(plan);

    await page.getByRole('button', { name: 'Approve', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: `Approve ${NAME}?` });
    expect(await dialog.innerText()).toContain(digest);
    await dialog.getByLabel('Note').fill(NOTE);
    await dialog.getByRole('button', { name: 'Approve this plan' }).click();
    await badge(page, 'Approved').waitFor();
    await page.getByRole('region', { name: 'What was approved' }).getByText(digest).first().waitFor();
    // The requester's page says so by itself.
    await badge(sales.page, 'Approved').waitFor();
    await sales.page.getByText(NOTE).first().waitFor();
  });

  it('is watched live by those concerned while it runs', async () => {
    const { page } = technician;
    await technician.visit(requestPath);
    await page.getByRole('button', { name: 'Deploy', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: `Deploy ${NAME}?` });
    await dialog.getByRole('button', { name: 'Deploy now' }).click();
    await page.waitForURL('**/deployments/*');
    deploymentPath = new URL(page.url()).pathname;
    await keepDocument(page);

    // The requester's page shows the run, and leads to it.
    await badge(sales.page, 'Deploying').waitFor();
    await sales.page.getByRole('link', { name: 'Started by Technical Agent' }).click();
    await sales.page.waitForURL(`**${deploymentPath}`);
    await Promise.all([watchRun(page), watchRun(sales.page)]);
    expect(await isSameDocument(page)).toBe(true);
    expect(await isSameDocument(sales.page)).toBe(true);
    await badge(admin.page, 'Deployed').waitFor();
  });

  it('leaves its lines to be found again', async () => {
    const { page } = technician;
    log = await downloadLog(page);
    expect(log).toContain('is recorded once, as number 1.');
    await technician.visit(deploymentPath);
    await badge(page, 'Completed').waitFor();
    expect(await downloadLog(page)).toBe(log);
    expect(await downloadLog(sales.page)).toBe(log);
  });

  it('opens the lines of a cell of the matrix', async () => {
    const { page } = technician;
    const matrix = page.getByRole('table', { name: 'Tasks by host' });
    await matrix.getByRole('button', { name: new RegExp(`^${LAST_TASK} on ${LOCAL_SERVER}: OK`) }).click();
    const tools = page.getByRole('group', { name: 'Log tools' });
    await expect.poll(() => tools.getByRole('combobox', { name: 'Host' }).inputValue()).toBe(LOCAL_SERVER);
    await expect.poll(() => tools.getByRole('combobox', { name: 'Task' }).inputValue()).toContain(LAST_TASK);
    const lines = page.getByRole('log', { name: 'Deployment log' });
    await lines.getByText('The service page of').first().waitFor();
    expect(await lines.innerText()).not.toContain('is recorded once');
    expect((await downloadLog(page)).length).toBeLessThan(log.length / 2);
  });

  it('says who did what', async () => {
    const { page } = sales;
    await sales.visit(requestPath);
    const history = page.getByRole('list', { name: 'History' }).getByRole('listitem');
    await expect.poll(() => history.allInnerTexts()).toEqual([
      expect.stringMatching(/^Sales Agent filed the request/),
      expect.stringMatching(/^System Administrator approved the plan/),
      expect.stringMatching(/^Technical Agent started a deployment/),
    ]);
    expect(await history.nth(1).innerText()).toContain(NOTE);
    await badge(page, 'Deployed').waitFor();
  });
});

describe('a request that is not in order', () => {
  it('is held back by the form, which leads to the first fault', async () => {
    const { page } = sales;
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.postData()?.includes('createServerRequest')) sent.push(request.url());
    });
    await sales.visit('/requests/new');
    const file = page.getByRole('button', { name: 'File request' });
    await file.click();
    await expectFault(page.getByRole('combobox', { name: 'Project' }), 'Choose the project that the server is for.');

    await choose(page, 'Project', LOCAL_PROJECT);
    await page.getByRole('combobox', { name: 'Operating system' }).fill('Debian 12');
    await page.keyboard.press('Escape');
    await page.getByRole('textbox', { name: 'Justification' }).fill('Too short.');
    await file.click();
    await expectFault(page.getByRole('textbox', { name: 'Name' }), 'This is required.');

    await page.getByRole('textbox', { name: 'Name' }).fill('showroom-web-02');
    await file.click();
    await expectFault(page.getByRole('textbox', { name: 'Justification' }), 'Between 20 and 1000 characters, please; this has 10.');
    expect(sent).toEqual([]);
    // Leaving asks whether what was written may be lost: not here.
    page.once('dialog', (dialog) => void dialog.accept());
  });

  it('is rejected only with a reason, which the requester reads', async () => {
    const id = await fileLocalRequest(await stage.api('sales_agent'), 'showroom-web-03');
    const { page } = admin;
    await admin.visit(`/requests/${id}`);
    await page.getByRole('button', { name: 'Reject' }).click();
    const dialog = page.getByRole('dialog', { name: 'Reject showroom-web-03?' });
    const confirm = dialog.getByRole('button', { name: 'Reject request' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel('Reason').fill('   ');
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel('Reason').fill('We have three of these already.');
    await confirm.click();
    await badge(page, 'Rejected').waitFor();
    await sales.visit(`/requests/${id}`);
    await sales.page.getByText('Rejected by System Administrator').waitFor();
    await sales.page.getByText('We have three of these already.').first().waitFor();
  });
});

describe('a control that is not allowed', () => {
  it('says that nobody approves their own request', async () => {
    const id = await fileLocalRequest(await stage.api('admin'), 'showroom-web-04');
    await admin.visit(`/requests/${id}`);
    await expectBlocked(admin.page, 'Approve', /own/);
  });

  it('says what the plan still needs', async () => {
    const sales = await stage.api('sales_agent');
    const id = await fileRequest(sales, { projectId: await sales.find('projects', LOCAL_PROJECT), name: 'showroom-web-05' });
    await admin.visit(`/requests/${id}`);
    await expectBlocked(admin.page, 'Approve', /still needs/);
  });
});

const badge = (page: Page, status: string) => page.locator('main header').getByText(status, { exact: true });

/** Picks an option of a list that opens under its field. */
async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).click();
  await page.getByRole('option', { name: option }).click();
}

async function planDigest(plan: Locator): Promise<string> {
  const json = await plan.getByRole('region', { name: 'Plan in canonical JSON', includeHidden: true }).textContent();
  expect(JSON.parse(json ?? '')).toMatchObject({ targets: [{ name: LOCAL_SERVER }] });
  const digest = /\b[0-9a-f]{64}\b/.exec((await plan.getByText(/^(sha256:)?[0-9a-f]{64}$/).first().textContent()) ?? '');
  expect(digest).not.toBeNull();
  return digest![0];
}

/** Sees a run go on, then end well. */
async function watchRun(page: Page): Promise<void> {
  const progress = page.getByRole('progressbar', { name: 'Progress of the deployment' });
  const percent = async () => Number(await progress.getAttribute('aria-valuenow'));
  await badge(page, 'Running').waitFor();
  await expect.poll(percent, { timeout: 60_000, interval: 100 }).toSatisfy((value) => value > 0 && value < 100);
  const lines = await lineCount(page);
  const tasks = await taskCount(page);
  expect(tasks).toBeGreaterThan(0);
  await expect.poll(() => lineCount(page), { timeout: 60_000, interval: 100 }).toBeGreaterThan(lines);
  await badge(page, 'Completed').waitFor({ timeout: 90_000 });
  await expect.poll(percent).toBe(100);
  expect(await taskCount(page)).toBeGreaterThan(tasks);
}

async function lineCount(page: Page): Promise<number> {
  const words = await page.getByText(/^[\d,]+ lines?\b/).first().innerText();
  return Number(/^[\d,]+/.exec(words)![0].replaceAll(',', ''));
}

const taskCount = (page: Page) => page.getByRole('table', { name: 'Tasks by host' }).locator('tbody tr').count();

async function downloadLog(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download these lines' }).click(),
  ]);
  return readFileSync(await download.path(), 'utf8');
}

/** Marks the document, which a reload would replace. */
const keepDocument = (page: Page) => page.evaluate(() => void document.documentElement.setAttribute('data-kept', ''));
const isSameDocument = (page: Page) => page.evaluate(() => document.documentElement.hasAttribute('data-kept'));

async function expectFault(field: Locator, message: string): Promise<void> {
  await expect.poll(() => field.evaluate((element) => element === document.activeElement)).toBe(true);
  await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
  await expect.poll(() => describing(field)).toContain(message);
}

/** The texts that are read out with a field. */
function describing(field: Locator): Promise<(string | null | undefined)[]> {
  return field.evaluate((element) => {
    const ids = element.getAttribute('aria-describedby')?.split(' ') ?? [];
    return ids.map((id) => document.getElementById(id)?.textContent);
  });
}

async function expectBlocked(page: Page, name: string, reason: RegExp): Promise<void> {
  const button = page.getByRole('button', { name, exact: true });
  await button.waitFor();
  expect(await button.getAttribute('aria-disabled')).toBe('true');
  expect((await describing(button)).join()).toMatch(reason);
  await button.focus();
  await page.getByRole('tooltip').getByText(reason).waitFor();
  await page.keyboard.press('Enter');
  expect(await page.getByRole('dialog').count()).toBe(0);
}
