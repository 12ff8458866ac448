import { readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage, type Look, type Tab } from './support/browser';
import { pagesOf, ROUTES, type Visit } from './support/pages';
import { EVERYBODY, type Person } from './support/people';
import { furnish, type World } from './support/world';

let stage: Stage;
let world: World;

beforeAll(async () => {
  stage = await Stage.open();
  world = await furnish(stage);
});
afterAll(() => stage?.close());

const LOOKS: readonly (Look & { who: readonly (Person | null)[] })[] = [
  { width: 1440, scheme: 'light', who: [...EVERYBODY, null] },
  { width: 1440, scheme: 'dark', who: ['admin', null] },
  { width: 390, scheme: 'light', who: ['admin', null] },
];

/** Dozens of pages, several people at a time. */
const PAGES_MS = 600_000;

const SIGN_IN: Visit = { path: '/sign-in', shows: 'Choose one to fill the form' };

describe.concurrent('every page', () => {
  for (const { who, ...look } of LOOKS) {
    for (const person of who) {
      it(`is accessible to ${person ?? 'nobody signed in'}, ${look.width} pixels wide, ${look.scheme}`, async () => {
        const tab = await stage.tab(person, look);
        const faults: string[] = [];
        for (const visit of person ? pagesOf(world, person) : [SIGN_IN]) {
          faults.push(...(await inspect(tab, visit)).map((fault) => `${visit.path}: ${fault}`));
        }
        expect(faults).toEqual([]);
        await tab.close();
      }, PAGES_MS);
    }
  }
});

it('would be told apart from one that is not accessible', async () => {
  const tab = await stage.tab(null);
  await tab.page.route('**/sign-in', async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace('<div id="root">', '<img src="/rookery.svg" width="4000"><script>0</script><div id="root">');
    await route.fulfill({ response, body });
  });
  const faults = (await inspect(tab, SIGN_IN)).join('\n');
  expect(faults).toContain('image-alt at img');
  expect(faults).toContain('pixels wider than the window');
  expect(faults).toContain('Refused by the content security policy: script-src');
  await tab.close();
});

it('is looked at: the tests know every route', () => {
  const routes = readFileSync(new URL('../../frontend/src/app/routes.tsx', import.meta.url), 'utf8');
  const declared = [...routes.matchAll(/\bpage\('([^']+)'/g)].map((match) => match[1]);
  expect(Object.keys(ROUTES).sort()).toEqual(declared.sort());
});

/** What is wrong with a page, once its data is there. */
async function inspect(tab: Tab, { path, shows }: Visit): Promise<string[]> {
  const { page, problems } = tab;
  await tab.visit(path);
  const faults: string[] = [];
  try {
    await page.locator('main').getByText(shows).locator('visible=true').first().waitFor();
  } catch {
    faults.push(`does not show "${shows}"`);
  }
  // Without a second page to merge frames in: there are no frames.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  for (const { id, nodes } of violations) {
    faults.push(...nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`));
  }
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (excess > 0) faults.push(`is ${excess} pixels wider than the window`);
  faults.push(...problems.splice(0));
  return faults;
}
