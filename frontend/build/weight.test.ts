import { expect, it } from 'vitest';
import { firstLoad, overBudget, type Bundle } from './weight';

const css = (...files: string[]) => ({ importedCss: new Set(files) });

const bundle: Bundle = {
  'index.html': {
    type: 'asset',
    source: '<link rel="icon" href="/icon.svg" /><script type="module" src="/app.js"></script><link rel="preload" href="/font.woff2">',
  },
  'app.js': { type: 'chunk', moduleIds: ['/x/src/main.tsx'], imports: ['base.js'], viteMetadata: css('app.css') },
  'base.js': { type: 'chunk', moduleIds: ['/x/react.js'], imports: ['app.js'], viteMetadata: css() },
  'page.js': { type: 'chunk', moduleIds: ['/x/src/Page.tsx'], imports: ['base.js', 'form.js'], viteMetadata: css('page.css') },
  'form.js': { type: 'chunk', moduleIds: ['/x/src/Form.tsx'], imports: [], viteMetadata: css('form.css') },
  'other.js': { type: 'chunk', moduleIds: ['/x/src/Other.tsx'], imports: [], viteMetadata: css() },
};

it('counts what the page names, the module of the screen, and whatever these bring', () => {
  const files = ['index.html', 'icon.svg', 'app.js', 'app.css', 'base.js', 'font.woff2', 'page.js', 'page.css', 'form.js', 'form.css'];
  expect(firstLoad(bundle, ['src/Page.tsx']).toSorted()).toEqual(files.toSorted());
});

it('refuses to count a module that was renamed, or a page that names nothing', () => {
  expect(() => firstLoad(bundle, ['src/Gone.tsx'])).toThrow('No file of the build holds src/Gone.tsx.');
  expect(() => firstLoad({}, [])).toThrow('no index.html');
});

it('finds the screens that are over the budget', () => {
  const weights = new Map([
    ['a.js', 150_000],
    ['b.js', 50_000],
    ['c.js', 1],
  ]);
  expect(overBudget([['page', ['a.js', 'b.js']]], weights)).toEqual([]);
  expect(overBudget([['page', ['a.js', 'b.js', 'c.js']]], weights)).toEqual([
    'What a browser loads until the page shows is 1 bytes over the budget of 200000.',
  ]);
});
