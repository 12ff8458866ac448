import { useSyncExternalStore } from 'react';
import { formatDateTime, formatRelative } from './format';
import classes from './RelativeTime.module.css';

// One clock for every time on the page.
let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const notify of listeners) notify();
  }, 20_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** "5 minutes ago", kept current, with the exact time as its title. */
export function RelativeTime({ value }: { value: string }) {
  const tick = useSyncExternalStore(subscribe, () => now);
  // What was written after the last tick must not be in the future.
  const reference = Math.max(tick, Math.min(Date.now(), new Date(value).getTime()));
  return (
    <time dateTime={value} title={formatDateTime(value)} className={classes.time}>
      {formatRelative(value, reference)}
    </time>
  );
}
