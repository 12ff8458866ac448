import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage, type Tab } from './support/browser';
import { ROUTES } from './support/pages';
import type { Person } from './support/people';

/** For everything until a first screen shows, gzipped. */
const BUDGET_BYTES = 200_000;

/** What GraphiQL loads until one can sign in, and until one can write an operation: gzipped, with styles and fonts. */
const GRAPHIQL_BAR_BYTES = 270_000;
const GRAPHIQL_WHOLE_BYTES = 1_850_000;

/** Every page of the app, one after the other. */
const PAGES_MS = 600_000;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.close());

interface Loaded {
  path: string;
  type: string;
  body: Buffer;
}

/** What a page loads of the app from here on. */
function listen(page: Page): () => Promise<Loaded[]> {
  const loaded: Promise<Loaded>[] = [];
  page.on('response', (response) => {
    const path = new URL(response.url()).pathname;
    if (path === '/graphql') return;
    const type = response.request().resourceType();
    // What still comes when the page is closed has been asked for all the same.
    const body = response.body().catch(() => Buffer.alloc(0));
    loaded.push(body.then((bytes) => ({ path, type, body: bytes })));
  });
  return () => Promise.all(loaded);
}

// Compressed here: a server that was built for development sends files as they are.
function sum(loaded: readonly Loaded[]) {
  // Once each: a browser keeps what it has, but a worker that is started twice is asked for twice.
  const files = new Map(loaded.map((file) => [file.path, file]));
  const sizes = [...files.values()].map(({ path, body }): [string, number] => [path, gzipSync(body, { level: 9 }).length]);
  const total = sizes.reduce((all, [, size]) => all + size, 0);
  const largest = sizes.toSorted((a, b) => b[1] - a[1]).map(([path, size]) => `${size} ${path}`);
  return { total, largest: largest.join('\n') };
}

/** What the build counted for each first screen: see `frontend/build/weight.ts`. */
const counted = () =>
  JSON.parse(readFileSync(new URL('../../frontend/documents/first-load.json', import.meta.url), 'utf8')) as Record<string, string[]>;

it.each<[string, string, Person | null]>([
  ['sign-in page of a demo', '/sign-in', null],
  // Whoever has not signed in loads nothing of what is behind.
  ['sign-in page of a demo', '/', null],
  ['dashboard of administrators', '/', 'admin'],
  ['dashboard of technicians', '/', 'tech_agent'],
  ['dashboard of sales', '/', 'sales_agent'],
  ['dashboard of clients', '/', 'owner'],
])('the %s at %s shows with what the build counted, and that is within its budget', async (screen, path, person) => {
  const tab = await stage.tab(person);
  const loaded = listen(tab.page);
  await tab.visit(path);
  // What nothing on the page waits for: the icon, and the code of the socket.
  await tab.page.waitForLoadState('networkidle');
  const files = await loaded();
  const isPage = ({ type }: Loaded) => type === 'document';
  const asked = files.filter((file) => !isPage(file)).map((file) => file.path.slice(1));
  // A browser without a window asks for no icon.
  const expected = counted()[screen]!.filter((file) => file !== 'index.html' && (file !== 'rookery.svg' || asked.includes(file)));
  expect([...new Set(asked)].toSorted()).toEqual(expected.toSorted());
  expect(files.filter(isPage)).toHaveLength(1);
  const { total, largest } = sum(files);
  expect(total, largest).toBeLessThanOrEqual(BUDGET_BYTES);
  expect(tab.problems).toEqual([]);
  await tab.close();
});

describe('GraphiQL', () => {
  it('is loaded by nobody who does not open it', async () => {
    const ofGraphiql = await onlyOfGraphiql();
    expect(ofGraphiql.some((path) => path.includes('monaco'))).toBe(true);
    // What code a page loads does not depend on whether there is such an object.
    const routes = Object.keys(ROUTES).map((route) => route.replace('$id', 'any'));
    const visits: [Person | null, string[]][] = [
      ['admin', routes],
      // Whose dashboard is another.
      ['owner', ['/']],
      [null, ['/sign-in']],
    ];
    for (const [person, paths] of visits) {
      const tab = await stage.tab(person);
      const loaded = listen(tab.page);
      const asked: string[] = [];
      for (const path of paths) {
        await tab.visit(path);
        asked.push(...(await linked(tab)));
      }
      const all = new Set([...asked, ...(await loaded()).map(({ path }) => path)]);
      expect(all.size).toBeGreaterThan(5);
      expect(ofGraphiql.filter((path) => all.has(path)), String(person)).toEqual([]);
      await tab.close();
    }
  }, PAGES_MS);

  it('lets one sign in before its editors are there, and stays as small as it is', async () => {
    const tab = await stage.tab(null);
    const { page } = tab;
    const loaded = listen(page);
    // The editors' part is held back until the bar has been seen.
    let release = () => {};
    const seen = new Promise<void>((resolve) => (release = resolve));
    await page.route(/\/assets\/Workbench-[^/]+\.js$/, async (route) => {
      await seen;
      await route.continue();
    });
    await page.goto('/graphiql', { waitUntil: 'commit' });
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    const bar = sum((await loaded()).filter(({ path }) => !path.includes('Workbench')));
    expect(bar.total, `${bar.total}\n${bar.largest}`).toBeLessThan(GRAPHIQL_BAR_BYTES);
    release();
    await ready(page);
    const whole = sum(await loaded());
    expect(whole.total).toBeGreaterThan(bar.total);
    expect(whole.total, `${whole.total}\n${whole.largest}`).toBeLessThan(GRAPHIQL_WHOLE_BYTES);
    expect(tab.problems).toEqual([]);
    await tab.close();
  });
});

/** Opens GraphiQL and names the files that it has for itself: those that its page loads, less those of the sign-in page. */
async function onlyOfGraphiql(): Promise<string[]> {
  const tab = await stage.tab(null);
  const app = listen(tab.page);
  await tab.visit('/sign-in');
  const shared = new Set((await app()).map(({ path }) => path));
  await tab.close();
  const other = await stage.tab(null);
  const graphiql = listen(other.page);
  await other.page.goto('/graphiql');
  await ready(other.page);
  const entry = (await linked(other)).find((path) => /\/graphiql-[^/]+\.js$/.test(path));
  const paths = (await graphiql()).map(({ path }) => path);
  await other.close();
  // What pages of the app use too is theirs as well; the editors and what opens them are GraphiQL's alone.
  const own = paths.filter((path) => !shared.has(path) && /graphiql|workbench|monaco|worker|codicon|jsonMode|mouseTarget/i.test(path));
  expect(entry).toBeDefined();
  return [...new Set([...own, entry!])];
}

const ready = (page: Page) => page.locator('.graphiql-query-editor .monaco-editor').first().waitFor();

/** Scripts and styles that the page names, also those that it only asks to have ready. */
const linked = (tab: Tab) =>
  tab.page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('script[src], link[href]')].map(
      (element) => new URL(element.getAttribute('src') ?? element.getAttribute('href')!, location.href).pathname,
    ),
  );
