import { useSyncExternalStore } from 'react';

const KEY = 'rookery-navigation-compact';

/** What was chosen here, for a browser that keeps nothing. */
let chosen = false;
const listeners = new Set<() => void>();

function read(): boolean {
  try {
    return localStorage.getItem(KEY) === 'true';
  } catch {
    return chosen;
  }
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  // Other tabs.
  window.addEventListener('storage', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
  };
}

function choose(compact: boolean): void {
  chosen = compact;
  try {
    localStorage.setItem(KEY, String(compact));
  } catch {
    // Then it holds until the page is left.
  }
  for (const listener of listeners) listener();
}

/** Whether the navigation shows icons only, which is remembered; known before it is first drawn. */
export const useCompactNavigation = () => [useSyncExternalStore(subscribe, read), choose] as const;
