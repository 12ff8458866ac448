import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, URL } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** The most that a browser may load until it shows a first screen, gzipped: everything, also the page and the font. */
const BUDGET_BYTES = 200_000;

const BEHIND_SIGN_IN = ['src/app/Shell.tsx', 'src/features/dashboards/DashboardPage.tsx', 'node_modules/graphql-ws/dist/client.js'];

/** What each first screen loads on top of what `index.html` names: modules that are imported when they are needed. */
const SCREENS: Readonly<Record<string, readonly string[]>> = {
  'sign-in page': ['src/features/identity/SignInPage.tsx'],
  'sign-in page of a demo': ['src/features/identity/SignInPage.tsx', 'src/features/identity/DemoAccounts.tsx'],
  'dashboard of administrators': [...BEHIND_SIGN_IN, 'src/features/dashboards/AdminDashboard.tsx'],
  'dashboard of technicians': [...BEHIND_SIGN_IN, 'src/features/dashboards/TechnicianDashboard.tsx'],
  'dashboard of sales': [...BEHIND_SIGN_IN, 'src/features/dashboards/SalesDashboard.tsx'],
  'dashboard of clients': [...BEHIND_SIGN_IN, 'src/features/dashboards/ClientDashboard.tsx'],
};

/** A file of the build, as far as it says what is loaded with it. */
export interface BuiltFile {
  type: 'asset' | 'chunk';
  source?: string | Uint8Array;
  moduleIds?: readonly string[];
  imports?: readonly string[];
  viteMetadata?: { importedCss: ReadonlySet<string> };
}

export type Bundle = Readonly<Record<string, BuiltFile>>;

/** Holds the app to its budget, and notes what it counted where the tests and the benchmark find it. */
export function holdToBudget(): Plugin {
  let outDir = '';
  return {
    name: 'hold-to-budget',
    apply: 'build',
    configResolved: (config) => {
      outDir = config.build.outDir;
    },
    async writeBundle(_options, bundle) {
      const lists = Object.entries(SCREENS).map(([screen, modules]): [string, string[]] => [screen, firstLoad(bundle, modules)]);
      await mkdir(path('../documents/'), { recursive: true });
      await writeFile(path('../documents/first-load.json'), `${JSON.stringify(Object.fromEntries(lists), null, 1)}\n`);
      const weights = new Map<string, number>();
      for (const file of lists.flatMap(([, files]) => files)) weights.set(file, await weigh(join(path('..'), outDir, file)));
      console.log(table(lists, weights));
      const problems = overBudget(lists, weights);
      if (problems.length > 0) this.error(problems.join('\n'));
    },
  };
}

/** The files that a browser asks for until it shows a screen, by their paths in the build. */
export function firstLoad(bundle: Bundle, modules: readonly string[]): string[] {
  const page = bundle['index.html'];
  const named = [...String(page?.source ?? '').matchAll(/\s(?:src|href)="\/([^"]+)"/g)].map(([, file]) => file!);
  if (named.length === 0) throw new Error('There is no index.html that names a file.');
  const files = new Set(['index.html']);
  for (const file of [...named, ...modules.map((module) => chunkOf(bundle, module))]) addWithImports(file, bundle, files);
  return [...files];
}

function chunkOf(bundle: Bundle, module: string): string {
  const found = Object.entries(bundle).find(([, { moduleIds }]) => moduleIds?.some((id) => id.endsWith(`/${module}`)));
  if (!found) throw new Error(`No file of the build holds ${module}.`);
  return found[0];
}

function addWithImports(file: string, bundle: Bundle, files: Set<string>): void {
  if (files.has(file)) return;
  files.add(file);
  const { imports = [], viteMetadata } = bundle[file] ?? {};
  for (const other of [...(viteMetadata?.importedCss ?? []), ...imports]) addWithImports(other, bundle, files);
}

const weigh = async (file: string) => gzipSync(await readFile(file), { level: 9 }).length;

type Lists = readonly [screen: string, files: readonly string[]][];
type Weights = ReadonlyMap<string, number>;

const totalOf = (files: readonly string[], weights: Weights) => files.reduce((total, file) => total + weights.get(file)!, 0);

/** What is wrong with the screens that weigh too much. */
export function overBudget(lists: Lists, weights: Weights): string[] {
  return lists.flatMap(([screen, files]) => {
    const excess = totalOf(files, weights) - BUDGET_BYTES;
    return excess > 0 ? [`What a browser loads until the ${screen} shows is ${excess} bytes over the budget of ${BUDGET_BYTES}.`] : [];
  });
}

/** A line for each file, with the numbers of the screens that load it, and one for each screen. */
function table(lists: Lists, weights: Weights): string {
  const line = (weight: number, words: string) => `${String(weight).padStart(8)}  ${words}`;
  const files = [...weights].toSorted(([, a], [, b]) => b - a);
  const usersOf = (file: string) => lists.flatMap(([, loaded], index) => (loaded.includes(file) ? [index + 1] : [])).join(' ');
  return [
    '\nBytes until a first screen shows, gzipped; after each file the screens that load it:',
    ...files.map(([file, weight]) => line(weight, `${file}  [${usersOf(file)}]`)),
    ...lists.map(([screen, loaded], index) => line(totalOf(loaded, weights), `[${index + 1}] ${screen}, of ${BUDGET_BYTES}`)),
  ].join('\n');
}
