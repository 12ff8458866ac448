import { AxeBuilder } from '@axe-core/playwright';
import type { Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage, type Look, type Tab } from './support/browser';
import {
  answer,
  hasFocus,
  notice,
  openExample,
  operation,
  run,
  saveSet,
  sentBy,
  shows,
  stored,
  write,
} from './support/graphiql';
import { PEOPLE, type Person } from './support/people';
import { approve, fileLocalRequest, reaches } from './support/world';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.close());

/** GraphiQL, ready to be written in. */
async function open(person: Person | null, look?: Look): Promise<Tab> {
  const tab = await stage.tab(person, look);
  // The editors are much to load for a machine that has other things to do.
  tab.page.setDefaultTimeout(90_000);
  await tab.page.goto('/graphiql');
  await tab.page.locator('.graphiql-query-editor .monaco-editor').first().waitFor();
  await tab.page.getByText(person ? 'Acting as' : 'Not signed in').waitFor();
  return tab;
}

describe('one person', () => {
  let tab: Tab;

  beforeAll(async () => {
    tab = await open(null);
  });
  afterAll(() => tab?.close());

  it('signs in, under the content security policy', async () => {
    const { page } = tab;
    await page.getByLabel('User name or email').fill(PEOPLE.admin.login);
    await page.getByLabel('Password', { exact: true }).fill(PEOPLE.admin.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('Acting as System Administrator').waitFor();
    expect(tab.problems).toEqual([]);
  });

  it('runs a query, which says which client it is of', async () => {
    const { page } = tab;
    await write(page, 'Level', 'query Level { viewer { level } }');
    const headers = await sentBy(page, () => run(page));
    expect(headers['graphql-client-name']).toBe('rookery-graphiql');
    expect(headers['graphql-client-version']).toMatch(/^\d+\.\d+\.\d+$/);
    await shows(page, '"level": "ADMIN"');
    expect(tab.problems).toEqual([]);
  });

  it('runs a subscription, whose socket says which client it is of', async () => {
    const { page } = tab;
    await write(page, 'Told', 'subscription Told { notificationReceived { title body } }');
    const frames: string[] = [];
    const subscribed = page.waitForEvent('websocket').then((socket) => {
      socket.on('framesent', ({ payload }) => frames.push(String(payload)));
      return socket.waitForEvent('framesent', { predicate: ({ payload }) => String(payload).includes('"subscribe"') });
    });
    await run(page);
    await subscribed;
    expect(JSON.parse(frames[0]!)).toMatchObject({
      type: 'connection_init',
      payload: { 'graphql-client-name': 'rookery-graphiql' },
    });
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

  it('signs out, and nothing of what was answered is left', async () => {
    const { page } = tab;
    await write(page, 'Secret', 'query Secret { users(first: 5) { nodes { email } } }');
    await run(page);
    await shows(page, '@');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('Not signed in').waitFor();
    await expect.poll(() => answer(page)).not.toContain('@');
    expect(tab.problems).toEqual([]);
  });
});

describe('examples', () => {
  it('open in tabs of their own, with variables, and run', async () => {
    const tab = await open('tech_agent');
    const { page } = tab;
    await page.getByRole('button', { name: 'Show Examples' }).click();
    const runs: [string, string, string][] = [
      ['Who am I', 'WhoAmI', '"permissions"'],
      ['Devices, page by page', 'Devices', '"serialNumber"'],
      ['Projects and their budgets', 'Projects', '"monthlyBudgetCents"'],
      // Its id is that of a server which this person sees.
      ['Any object by its id', 'AnyObject', '"__typename": "Server"'],
    ];
    for (const [title, name, words] of runs) {
      await openExample(page, title, name);
      await run(page);
      await shows(page, words);
      expect(await answer(page)).not.toContain('"errors"');
    }
    expect(tab.problems).toEqual([]);
    await tab.close();
  });

  it('follow a deployment live', async () => {
    const [sales, admin] = await Promise.all([stage.api('sales_agent'), stage.api('admin')]);
    const id = await fileLocalRequest(sales, 'showroom-live');
    await approve(admin, id);
    const deployment = await admin.mutate('deployServerRequest', { id }, 'deployment');
    const tab = await open('admin');
    const { page } = tab;
    await page.getByRole('button', { name: 'Show Examples' }).click();
    await openExample(page, 'Follow a deployment live', 'FollowDeployment');
    await expect.poll(() => page.locator('.graphiql-editor-tool .view-lines').first().innerText()).toContain(deployment.slice(0, 8));
    await run(page);
    await shows(page, '"cursor"');
    await reaches(admin, deployment, 'COMPLETED');
    await shows(page, '"status": "COMPLETED"');
    // It has ended, and the button is there to run anew.
    await page.getByRole('button', { name: /^Execute/ }).waitFor();
    expect(tab.problems).toEqual([]);
    await tab.close();
  }, 180_000);

  it('are found by their words', async () => {
    const tab = await open(null);
    const { page } = tab;
    await page.getByRole('button', { name: 'Show Examples' }).click();
    await page.getByLabel('Search the examples').fill('cursor');
    const found = page.getByRole('region', { name: 'Examples', exact: true }).getByRole('listitem');
    expect(await found.count()).toBe(2);
    await page.getByLabel('Search the examples').fill('nothing like it');
    await page.getByText('No example has this in it.').waitFor();
    await tab.close();
  });
});

describe('the explorer', () => {
  it('builds an operation, by keyboard alone', async () => {
    const tab = await open('admin');
    const { page } = tab;
    await write(page, 'Built', 'query Built { viewer { level } }');
    await page.getByRole('button', { name: 'Show Explorer' }).press('Enter');
    await page.getByLabel('Search fields').fill('devices');
    const devices = page.getByRole('checkbox', { name: /^devices / });
    await devices.waitFor();
    await page.keyboard.press('Tab');
    // Through the domains that have it, to the field itself.
    for (let steps = 0; steps < 8 && !(await hasFocus(page, 'devices')); steps += 1) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await expect.poll(() => operation(page)).toMatch(/devices \{ nodes \{ id name \} \}/);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Control+A');
    await page.keyboard.type('2');
    await expect.poll(() => operation(page)).toMatch(/devices\(first: 2\) \{ nodes \{ id name \} \}/);
    // The first argument becomes a variable, with its value.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => operation(page)).toMatch(/query Built\(\$first: Int\) .*devices\(first: \$first\)/);
    await page.getByRole('checkbox', { name: /^totalCount / }).first().press('Space');
    await run(page);
    await shows(page, '"totalCount"');
    expect((await answer(page)).match(/"id"/g)).toHaveLength(2);
    // As if it had been typed: it can be taken back.
    await page.locator('.graphiql-query-editor .monaco-editor').first().click();
    await page.keyboard.press('Control+Z');
    await expect.poll(() => operation(page)).not.toContain('totalCount');
    expect(tab.problems).toEqual([]);
    await tab.close();
  });

  it('starts an operation of another kind, and waits where one cannot be read', async () => {
    const tab = await open('admin');
    const { page } = tab;
    await page.getByRole('button', { name: 'Show Explorer' }).click();
    const panel = page.getByRole('region', { name: 'Explorer', exact: true });
    await panel.getByText('Mutation', { exact: true }).click();
    await panel.getByRole('button', { name: /^Notifications/ }).click();
    await panel.getByRole('checkbox', { name: /^markNotificationsRead / }).check();
    await expect.poll(() => operation(page)).toMatch(/mutation MyMutation \{ markNotificationsRead\(input: \{\}\)/);
    await write(page, null, 'query Broken { viewer {');
    await panel.getByText('The operation cannot be read').waitFor();
    expect(tab.problems).toEqual([]);
    await tab.close();
  });
});

describe('headers', () => {
  it('are saved in sets, sent with everything, and gone with the page unless they are to be remembered', async () => {
    const tab = await open('admin');
    const { page } = tab;
    await saveSet(page, 'Billing', { 'graphql-client-name': 'billing', 'Idempotency-Key': 'run-{{uuid}}' });
    await page.getByText('with Billing').waitFor();
    const first = await sentBy(page, () => run(page));
    expect(first['graphql-client-name']).toBe('billing');
    expect(first['idempotency-key']).toMatch(/^run-[0-9a-f]{8}-[0-9a-f]{4}-4/);
    const second = await sentBy(page, () => run(page));
    expect(second['idempotency-key']).not.toBe(first['idempotency-key']);
    await page.getByRole('radio', { name: 'None' }).check();
    expect((await sentBy(page, () => run(page)))['graphql-client-name']).toBe('rookery-graphiql');
    expect(await stored(page)).not.toContain('billing');
    expect(tab.problems).toEqual([]);
    await page.reload();
    await page.getByRole('radio', { name: 'None' }).waitFor();
    expect(await page.getByRole('radio', { name: 'Billing' }).count()).toBe(0);
    await tab.close();
  });

  it('remember who one is only when told so twice', async () => {
    const token = await tokenOf('owner');
    const tab = await open('admin');
    const { page } = tab;
    await saveSet(page, 'Owner', { Authorization: `Bearer ${token}` }, ['Remember on this device']);
    await page.getByText(/^Acting as (?!System Administrator)/).waitFor();
    expect(await stored(page)).toContain('"Owner"');
    expect(await stored(page)).not.toContain(token);
    await page.getByRole('button', { name: 'Edit Owner' }).click();
    await page.getByLabel('Also remember the value of Authorization').check();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    expect(await stored(page)).toContain(token);
    await page.reload();
    await page.getByText(/^Acting as (?!System Administrator)/).waitFor();
    await page.getByRole('button', { name: 'Delete Owner' }).click();
    await page.getByText('Acting as System Administrator').waitFor();
    expect(await stored(page)).not.toContain(token);
    expect(tab.problems).toEqual([]);
    await tab.close();
  });

  it('of a tab are sent, and kept nowhere: not in the history either', async () => {
    const tab = await open('admin');
    const { page } = tab;
    await page.getByRole('button', { name: 'Headers', exact: true }).click();
    await page.locator('.graphiql-editor-tool .monaco-editor:visible').click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText('{ "x-of-the-tab": "s3cret-value" }');
    const headers = await sentBy(page, () => run(page));
    expect(headers['x-of-the-tab']).toBe('s3cret-value');
    await shows(page, '"permissions"');
    await page.getByRole('button', { name: 'Show History' }).click();
    await expect.poll(() => stored(page)).toContain('graphiql:queries');
    expect(await stored(page)).not.toContain('s3cret-value');
    expect(tab.problems).toEqual([]);
    await tab.close();
  });
});

describe('what went wrong is told', () => {
  it('when nobody is signed in, or a token is wrong', async () => {
    const tab = await open(null);
    const { page } = tab;
    await write(page, 'All', 'query All { servers(first: 1) { totalCount } }');
    await run(page);
    await notice(page).getByText('Sign in first.', { exact: true }).waitFor();
    await shows(page, 'UNAUTHENTICATED');
    await page.getByText('Token', { exact: true }).click();
    await page.getByLabel('Bearer token').fill('not-a-token');
    await page.getByRole('button', { name: 'Use token' }).click();
    await notice(page).getByText('The server does not accept this token').waitFor();
    await page.getByLabel('Bearer token').fill(await tokenOf('sales_agent'));
    await page.getByRole('button', { name: 'Use token' }).click();
    await page.getByText(/^Acting as /).waitFor();
    await notice(page).waitFor({ state: 'detached' });
    await run(page);
    await shows(page, '"totalCount"');
    await tab.close();
  });

  it('when the session has ended', async () => {
    const tab = await open(null);
    const { page } = tab;
    await page.getByLabel('User name or email').fill(PEOPLE.sohila.login);
    await page.getByLabel('Password', { exact: true }).fill(PEOPLE.sohila.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText(/^Acting as /).waitFor();
    await write(page, 'All', 'query All { servers(first: 1) { totalCount } }');
    await page.evaluate(() =>
      fetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"mutation { signOut { signedOut } }"}',
      }),
    );
    await run(page);
    await notice(page).getByText('Your session has ended').waitFor();
    await page.getByText('Not signed in').waitFor();
    expect(await operation(page)).toContain('query All');
    await tab.close();
  });

  it('when the server cannot be reached, until it can', async () => {
    const tab = await open('admin');
    const { page } = tab;
    await page.route('**/graphql', (route) => route.abort());
    await run(page);
    await notice(page).getByText('The server cannot be reached.', { exact: true }).waitFor();
    await shows(page, 'The server cannot be reached.');
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await notice(page).waitFor({ state: 'detached' });
    await run(page);
    await shows(page, '"permissions"');
    await tab.close();
  });

  it('when the schema is refused; operations run all the same', async () => {
    const tab = await stage.tab('admin');
    const { page } = tab;
    const refuse = (route: Route) => {
      const { operationName } = route.request().postDataJSON() as { operationName?: string };
      if (operationName !== 'IntrospectionQuery') return route.continue();
      return route.fulfill({ json: { errors: [{ message: 'Introspection is off.', extensions: { code: 'FORBIDDEN' } }] } });
    };
    await page.route('**/graphql', refuse);
    await page.goto('/graphiql');
    await notice(page).getByText('The schema could not be read').waitFor();
    await notice(page).getByText(/Introspection is off\./).waitFor();
    await page.getByRole('button', { name: 'Show Explorer' }).click();
    await page.getByText('There is no schema to explore').waitFor();
    // GraphiQL puts what it was told where answers are: the operation's own comes after it.
    await shows(page, 'Introspection is off.');
    await run(page);
    await shows(page, '"permissions"');
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: /^Identity/ }).waitFor();
    await notice(page).waitFor({ state: 'detached' });
    await tab.close();
  });
});

it('tells what an answer has cost', async () => {
  const tab = await open('admin');
  const { page } = tab;
  await page.route('**/graphql', async (route) => {
    const response = await route.fetch();
    const body = (await response.json()) as object;
    const cost = { requested: 13, actual: 12, remaining: 19_987, resetAt: '2026-03-01T14:03:00Z' };
    await route.fulfill({ response, json: { ...body, extensions: { cost } } });
  });
  await run(page);
  await page.getByText('Cost 12 of 13, 19,987 left until 14:03').waitFor();
  // It is of the answer that is shown: another tab has none.
  await page.getByRole('button', { name: 'New tab' }).click();
  await page.getByText(/^Cost /).waitFor({ state: 'detached' });
  await tab.close();
});

describe.each<Required<Look>>([
  { width: 1440, scheme: 'light' },
  { width: 1440, scheme: 'dark' },
  { width: 390, scheme: 'light' },
  { width: 390, scheme: 'dark' },
])('$width pixels wide and $scheme', (look) => {
  it('is accessible, whatever is open', async () => {
    const tab = await open('admin', look);
    const { page } = tab;
    const faults: string[] = [];
    const inspect = async (what: string) => {
      await tab.settle();
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
      for (const { id, nodes } of violations) {
        faults.push(...nodes.map(({ target, failureSummary }) => `${what}: ${id} at ${target.join(' ')}: ${failureSummary}`));
      }
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (excess > 0) faults.push(`${what}: ${excess} pixels wider than the window`);
    };
    const panel = async (title: string) => {
      const shown = page.getByRole('region', { name: title, exact: true });
      const close = page.getByRole('button', { name: /^Close (Explorer|Examples|Saved headers)$/ });
      if (await close.isVisible()) await close.click();
      await page.getByRole('button', { name: `Show ${title}` }).click();
      await shown.waitFor();
    };
    await run(page);
    await shows(page, '"permissions"');
    await inspect('an answer');
    await panel('Examples');
    await inspect('Examples');
    await openExample(page, 'Devices, page by page', 'Devices');
    await panel('Explorer');
    await page.getByRole('checkbox', { name: /^devices / }).first().waitFor();
    await inspect('Explorer');
    await panel('Saved headers');
    await page.getByRole('button', { name: 'New set' }).click();
    await page.getByLabel('Name of header 1').fill('Authorization');
    await page.getByLabel('Remember on this device').check();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Give the set a name.').waitFor();
    await inspect('Saved headers');
    await page.route('**/graphql', (route) => route.abort());
    await page.getByRole('button', { name: 'Cancel' }).click();
    const close = page.getByRole('button', { name: 'Close Saved headers' });
    if (await close.isVisible()) await close.click();
    await run(page);
    await notice(page).waitFor();
    await inspect('a server that cannot be reached');
    expect(faults).toEqual([]);
    await tab.close();
  });
});

async function tokenOf(person: Person): Promise<string> {
  const api = await stage.api(person);
  const query = 'mutation ($input: SignInInput!) { signIn(input: $input) { token } }';
  const { signIn } = await api.query<{ signIn: { token: string } }>(query, { input: PEOPLE[person] });
  return signIn.token;
}
