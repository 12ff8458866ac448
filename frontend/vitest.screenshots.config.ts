import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { packagesOfTheApp, TESTS } from './vitest.browser.config';

declare module 'vitest' {
  interface ProvidedContext {
    directory: string;
  }
}

// `npm run screenshots -- <directory>`: what follows the name of the file in the script.
const given = process.argv[process.argv.indexOf('screenshots.ts') + 1];
const directory = given ? resolve(given) : mkdtempSync(join(tmpdir(), 'rookery-screenshots-'));
console.log(`Screenshots go to ${directory}`);

export default defineConfig({
  root: TESTS,
  plugins: [packagesOfTheApp()],
  test: {
    include: ['screenshots.ts'],
    provide: { directory },
    maxConcurrency: 2,
    testTimeout: 1_200_000,
    hookTimeout: 120_000,
  },
});
