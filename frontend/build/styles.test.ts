import { expect, it } from 'vitest';
import { idle, missing, partsOf, wrongOrder, type Chunk } from './styles';

const FIRST = '/x/src/ui/theme/mantine.css';
const MORE = '/x/src/ui/theme/mantine-more.css';
const component = (name: string) => `/x/node_modules/@mantine/core/esm/components/${name}/${name}.module.mjs`;
const chunk = (moduleIds: string[], rest: Partial<Chunk> = {}): Chunk => ({ moduleIds, imports: [], isEntry: false, isDynamicEntry: false, ...rest });

const sheets = { first: ['baseline', 'Button'], more: ['Modal'] };
const entry = chunk([FIRST, component('Button')], { isEntry: true });

it('reads the parts of a sheet', () => {
  const sheet = "/* @import '@mantine/core/styles/X' */\n@import '@mantine/core/styles/baseline.css';\n@import '@mantine/core/styles/Button.css';\n";
  expect(partsOf(sheet)).toEqual(['baseline', 'Button']);
});

it('is content where every component has its styles', () => {
  const page = chunk(['/x/src/Page.tsx'], { isDynamicEntry: true, imports: ['dialog.js', 'entry.js'] });
  const chunks = { 'entry.js': entry, 'page.js': page, 'dialog.js': chunk([MORE, component('Modal')]) };
  expect(missing(chunks, sheets)).toEqual([]);
  expect(idle(chunks, sheets)).toEqual([]);
});

it('finds components whose styles are not loaded with them', () => {
  const page = chunk([component('Modal')], { isDynamicEntry: true, imports: ['entry.js'] });
  const other = chunk([component('Table'), MORE], { isDynamicEntry: true });
  const chunks = { 'entry.js': entry, 'page.js': page, 'other.js': other };
  expect(missing(chunks, sheets)).toEqual([
    'page.js shows Modal of Mantine without its styles: the file that uses it imports src/ui/theme/mantine-more.css.',
    'other.js shows Table of Mantine without its styles: add them to src/ui/theme/mantine-more.css.',
  ]);
  const bare = { 'entry.js': chunk([component('Button')], { isEntry: true }) };
  expect(missing(bare, sheets)).toHaveLength(1);
});

it('finds styles that nothing uses, and such as stand in the wrong order', () => {
  expect(idle({ 'entry.js': entry }, sheets)).toEqual(['Nothing uses the styles of Modal: take them out.']);
  const place = (part: string) => ['baseline', 'Input', 'Button'].indexOf(part);
  expect(wrongOrder({ first: ['baseline', 'Input', 'Button'], more: [] }, place)).toEqual([]);
  expect(wrongOrder({ first: ['Button', 'Input'], more: [] }, place)).toEqual(['The styles of Input must come before those of Button.']);
});
