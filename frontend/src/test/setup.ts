import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

afterEach(cleanup);

// The machine may have other things to do.
configure({ asyncUtilTimeout: 15_000 });

// Where pop-ups go, as in index.html.
const overlays = document.createElement('div');
overlays.id = 'overlays';
document.body.append(overlays);

// What Mantine asks of a browser and jsdom does not have.
window.matchMedia ??= (query: string) =>
  ({
    matches: false,
    media: query,
    onchange: null,
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
    addListener: () => undefined,
    removeListener: () => undefined,
    dispatchEvent: () => false,
  }) satisfies MediaQueryList;

window.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

// The router scrolls after navigation; jsdom has nothing to scroll.
window.scrollTo = () => undefined;
