import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage } from './support/browser';
import { ROUTES } from './support/pages';
import { EVERYBODY, PEOPLE, type Person } from './support/people';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.close());

const STAFF_MENU = ['Dashboard', 'Requests', 'Deployments', 'Projects', 'Servers', 'Scripts', 'Tenants', 'Sites', 'Devices'];
const MENUS: Record<Person, readonly string[]> = {
  admin: [...STAFF_MENU, 'Users', 'API usage'],
  tech_agent: STAFF_MENU,
  sales_agent: STAFF_MENU,
  sohila: STAFF_MENU,
  owner: STAFF_MENU.filter((entry) => entry !== 'Scripts'),
};

describe.concurrent.each(EVERYBODY)('%s', (person) => {
  it('sees the menu entries that their role may use', async () => {
    const tab = await stage.tab(person);
    await tab.visit('/');
    const entries = tab.page.getByRole('navigation', { name: 'Main' }).getByRole('link');
    expect(await entries.allInnerTexts()).toEqual(MENUS[person]);
    expect(tab.problems).toEqual([]);
    await tab.close();
  });

  it('is told so where their role opens no page', async () => {
    const tab = await stage.tab(person);
    const forbidden = Object.entries(ROUTES).filter(([, { open }]) => !open.includes(person));
    for (const [route] of forbidden) {
      await tab.visit(route.replace('$id', 'any'));
      expect(await tab.heading(/./).innerText(), route).toBe('Not open to you');
      expect(tab.problems).toEqual([]);
    }
    await tab.close();
  });
});

describe('an address', () => {
  it('that does not exist says so', async () => {
    const tab = await stage.tab('admin');
    await tab.visit('/no/such/page');
    expect(await tab.heading(/./).textContent()).toBe('Page not found');
    await tab.close();
  });

  it('is where one gets after signing in', async () => {
    const tab = await stage.tab(null);
    const { page } = tab;
    await tab.visit('/servers?q=nova');
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    await tab.signIn('tech_agent');
    await tab.heading('Servers').waitFor();
    expect(page.url()).toBe(`${stage.server.address}/servers?q=nova`);
    await tab.settle();
    await page.getByRole('link', { name: 'nova-hr-web-01' }).waitFor();
    expect(tab.problems).toEqual([]);
    await tab.close();
  });

  it('elsewhere is not where one gets after signing in', async () => {
    const tab = await stage.tab(null);
    await tab.visit('/sign-in?next=//elsewhere.example/');
    await tab.signIn('sales_agent');
    await tab.settle();
    expect(tab.page.url()).toBe(`${stage.server.address}/`);
    await tab.close();
  });
});

describe('signing in and out', () => {
  it('says nothing about which of user and password was wrong', async () => {
    const tab = await stage.tab(null);
    const { page } = tab;
    await tab.visit('/sign-in');
    const sentences: string[] = [];
    for (const login of ['admin', 'nobody-of-that-name']) {
      await page.getByLabel('User name or email').fill(login);
      await page.getByLabel('Password', { exact: true }).fill('not the password');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await tab.settle();
      sentences.push(await page.getByRole('alert').innerText());
      expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('');
    }
    expect(sentences[0]).toBe(sentences[1]);
    await tab.close();
  });

  it('in one tab ends the other, which comes back to where it was', async () => {
    const first = await stage.tab(null);
    await first.visit('/sign-in');
    await first.signIn('tech_agent');
    const second = await first.another();
    await second.visit('/projects');
    await second.heading('Projects').waitFor();

    await first.page.getByRole('button', { name: /^Account of / }).click();
    await first.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await first.heading('Sign in').waitFor();
    await second.heading('Sign in').waitFor();
    await second.page.getByText('Your session has ended').waitFor();

    await second.signIn('tech_agent');
    await second.heading('Projects').waitFor();
    await first.close();
  });

  it('leaves nothing of one person for the next', async () => {
    const tab = await stage.tab(null);
    const { page } = tab;
    await tab.visit('/sign-in');
    await tab.signIn('admin');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Users' }).click();
    await tab.heading('Users').waitFor();
    await tab.settle();
    await page.getByRole('button', { name: /^Account of / }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await tab.heading('Sign in').waitFor();
    await page.goBack();
    await tab.settle();
    await tab.heading('Sign in').waitFor();
    expect(await page.content()).not.toContain(PEOPLE.owner.login);
    await tab.close();
  });
});
