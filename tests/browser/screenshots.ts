import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, inject, it } from 'vitest';
import { Stage, type Look } from './support/browser';
import { pagesOf, ROUTES } from './support/pages';
import { EVERYBODY, type Person } from './support/people';
import { furnish, type World } from './support/world';

let stage: Stage;
let world: World;

beforeAll(async () => {
  stage = await Stage.open();
  world = await furnish(stage);
});
afterAll(() => stage?.close());

const LOOKS: readonly Required<Look>[] = [
  { width: 1440, scheme: 'light' },
  { width: 1440, scheme: 'dark' },
  { width: 390, scheme: 'light' },
  { width: 390, scheme: 'dark' },
];

describe.concurrent.each(LOOKS)('$width $scheme', (look) => {
  it.each<Person | null>([...EVERYBODY, null])('%s', async (person) => {
    const directory = join(inject('directory'), `${look.width}-${look.scheme}`, person ?? 'nobody');
    mkdirSync(directory, { recursive: true });
    const tab = await stage.tab(person, look);
    const paths = person ? pagesOf(world, person).map(({ path }) => path) : ['/sign-in'];
    for (const [index, path] of paths.entries()) {
      await tab.visit(path);
      const name = `${String(index + 1).padStart(2, '0')}-${fileName(path)}.png`;
      await tab.page.screenshot({ path: join(directory, name), fullPage: true });
    }
    await tab.close();
  });
});

/** `/requests/<id>/edit?x=y` → `requests-id-edit-x-y`. */
function fileName(path: string): string {
  const [address = '', query] = path.split('?');
  const parts = address.split('/').filter(Boolean);
  const known = new Set(Object.keys(ROUTES).flatMap((route) => route.split('/')));
  const words = parts.map((part) => (known.has(part) || part === 'sign-in' ? part : 'id'));
  return [...words, ...(query ? [query.replaceAll('=', '-')] : [])].join('-') || 'dashboard';
}
