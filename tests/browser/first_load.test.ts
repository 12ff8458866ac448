import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Stage } from './support/browser';
import type { Person } from './support/people';

const BUDGET_BYTES = 200_000;

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.close());

it.each<[string, string, Person | null]>([
  ['sign-in page', '/sign-in', null],
  ['dashboard', '/', 'admin'],
])('the %s shows with less than 200 kB of JavaScript', async (_name, path, person) => {
  const tab = await stage.tab(person);
  const sizes: Promise<[string, number]>[] = [];
  tab.page.on('response', (response) => {
    if (response.request().resourceType() !== 'script') return;
    // Compressed here: a server that was built for development sends files as they are.
    sizes.push(response.body().then((body) => [response.url(), brotliCompressSync(body).length]));
  });
  await tab.visit(path);
  const scripts = await Promise.all(sizes);
  const total = scripts.reduce((sum, [, size]) => sum + size, 0);
  expect(total).toBeGreaterThan(0);
  const largest = scripts.toSorted((a, b) => b[1] - a[1]).map(([url, size]) => `${size} ${new URL(url).pathname}`);
  expect(total, largest.join('\n')).toBeLessThan(BUDGET_BYTES);
  expect(tab.problems).toEqual([]);
  await tab.close();
});
