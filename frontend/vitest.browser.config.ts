import { fileURLToPath, URL } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const APP = fileURLToPath(import.meta.url);
export const TESTS = fileURLToPath(new URL('../tests/browser', import.meta.url));

type Plugin = NonNullable<NonNullable<ViteUserConfig['plugins']>[number]>;

/** The browser tests lie beside the server's tests; the packages that they use are the app's. */
export function packagesOfTheApp(): Plugin {
  return {
    name: 'packages-of-the-app',
    enforce: 'pre',
    resolveId(source, importer) {
      const isPackage = /^[@a-z]/.test(source);
      return isPackage && importer?.startsWith(TESTS) ? this.resolve(source, APP, { skipSelf: true }) : null;
    },
  };
}

export default defineConfig({
  root: TESTS,
  plugins: [packagesOfTheApp()],
  test: {
    include: ['*.test.ts'],
    // Each file has a server and a browser of its own: one after the other, so that none waits for another's CPU.
    fileParallelism: false,
    maxConcurrency: 3,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
