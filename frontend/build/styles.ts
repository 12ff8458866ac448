import { readFileSync } from 'node:fs';
import { fileURLToPath, URL } from 'node:url';
import type { Plugin } from 'vite';

const read = (relative: string) => readFileSync(fileURLToPath(new URL(relative, import.meta.url)), 'utf8');
const MANTINE = '../node_modules/@mantine/core';

/** Loaded with the first screen, and with what needs it. */
const FIRST = 'src/ui/theme/mantine.css';
const MORE = 'src/ui/theme/mantine-more.css';

/** What Mantine styles for all components. */
const GENERAL = ['baseline', 'global'];

export interface Chunk {
  moduleIds: readonly string[];
  imports: readonly string[];
  isEntry: boolean;
  isDynamicEntry: boolean;
}

export interface Sheets {
  first: readonly string[];
  more: readonly string[];
}

/** Fails the build where a component of Mantine would show without its styles, or styles are loaded that nothing needs. */
export function checkStyles(): Plugin {
  return {
    name: 'check-styles',
    apply: 'build',
    generateBundle: {
      // Before chunks that hold nothing but styles are taken out.
      order: 'pre',
      handler(_options, bundle) {
        const chunks: Record<string, Chunk> = {};
        for (const [file, made] of Object.entries(bundle)) if (made.type === 'chunk') chunks[file] = made;
        const sheets = { first: partsOf(read(`../${FIRST}`)), more: partsOf(read(`../${MORE}`)) };
        const wholeSheet = read(`${MANTINE}/styles.css`);
        const place = (part: string) => wholeSheet.indexOf(read(`${MANTINE}/styles/${part}.css`).trim());
        const problems = [...wrongOrder(sheets, place), ...missing(chunks, sheets), ...idle(chunks, sheets)];
        if (problems.length > 0) this.error(problems.join('\n'));
      },
    },
  };
}

/** The parts that a sheet imports, in its order. */
export function partsOf(sheet: string): string[] {
  return [...sheet.matchAll(/@import '@mantine\/core\/styles\/(\w+(?:-\w+)*)\.css';/g)].map(([, part]) => part!);
}

/** Parts that do not stand in the order of Mantine's own sheet, in which they override each other. */
export function wrongOrder(sheets: Sheets, place: (part: string) => number): string[] {
  return [sheets.first, sheets.more].flatMap((parts) =>
    parts.flatMap((part, index) =>
      index > 0 && place(part) < place(parts[index - 1]!) ? [`The styles of ${part} must come before those of ${parts[index - 1]!}.`] : [],
    ),
  );
}

/** Whatever begins to run must have loaded the styles of all that it brings. */
export function missing(chunks: Readonly<Record<string, Chunk>>, { first, more }: Sheets): string[] {
  return Object.entries(chunks)
    .filter(([, { isEntry, isDynamicEntry }]) => isEntry || isDynamicEntry)
    .flatMap(([file]) => {
      const modules = modulesWith(file, chunks);
      const has = (sheet: string) => modules.some((id) => id.endsWith(sheet));
      // A page's entry has loaded the first sheet before anything else begins.
      const loaded = new Set([...(has(FIRST) || !chunks[file]!.isEntry ? first : []), ...(has(MORE) ? more : [])]);
      const lacking = componentsOf(modules).filter((component) => !loaded.has(component));
      return lacking.map((component) => `${file} shows ${component} of Mantine without its styles: ${advice(component, more)}`);
    });
}

const advice = (component: string, more: readonly string[]) =>
  more.includes(component) ? `the file that uses it imports ${MORE}.` : `add them to ${MORE}.`;

/** Styles that nothing uses. */
export function idle(chunks: Readonly<Record<string, Chunk>>, { first, more }: Sheets): string[] {
  const used = new Set([...GENERAL, ...componentsOf(Object.values(chunks).flatMap(({ moduleIds }) => moduleIds))]);
  return [...first, ...more].filter((part) => !used.has(part)).map((part) => `Nothing uses the styles of ${part}: take them out.`);
}

/** A component of Mantine whose class names are in use. */
function componentsOf(modules: readonly string[]): string[] {
  const names = modules.map((id) => /@mantine\/core\/esm\/.*\/(\w+)\.module\.mjs$/.exec(id)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

function modulesWith(file: string, chunks: Readonly<Record<string, Chunk>>, seen = new Set<string>()): string[] {
  const chunk = chunks[file];
  if (!chunk || seen.has(file)) return [];
  seen.add(file);
  return [...chunk.moduleIds, ...chunk.imports.flatMap((other) => modulesWith(other, chunks, seen))];
}
