import type { KeyboardEvent } from 'react';

/** Arrow keys lead from line to line of the tree; to the left also to the line that one is part of. */
export function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const target = event.target as HTMLElement;
  if (!isRow(target) || event.altKey || event.ctrlKey || event.metaKey) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
  const steps: Partial<Record<string, () => HTMLElement | null | undefined>> = {
    ArrowDown: () => rows[rows.indexOf(target) + 1],
    ArrowUp: () => rows[rows.indexOf(target) - 1],
    Home: () => rows[0],
    End: () => rows.at(-1),
    ArrowLeft: () => rowAbove(target),
    ArrowRight: () => openOrEnter(target, rows),
  };
  const next = steps[event.key]?.();
  if (!next) return;
  event.preventDefault();
  next.focus();
}

const isRow = (element: HTMLElement) => element.hasAttribute('data-row');

const isGroup = (element: HTMLElement) => element.hasAttribute('aria-expanded');

function rowAbove(row: HTMLElement): HTMLElement | null {
  if (isGroup(row)) {
    if (row.getAttribute('aria-expanded') === 'true') row.click();
    return row;
  }
  const line = row.closest('li');
  const above = line?.parentElement?.closest<HTMLElement>('li, section');
  return above?.querySelector<HTMLElement>('[data-row]') ?? null;
}

function openOrEnter(row: HTMLElement, rows: readonly HTMLElement[]): HTMLElement | undefined {
  if (isGroup(row) && row.getAttribute('aria-expanded') === 'false') {
    row.click();
    return row;
  }
  const next = rows[rows.indexOf(row) + 1];
  const within = row.closest(isGroup(row) ? 'section' : 'li');
  return next && within?.contains(next) ? next : undefined;
}
