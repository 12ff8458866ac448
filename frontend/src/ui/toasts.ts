import type { NotificationData } from '@mantine/notifications';
import { useSyncExternalStore } from 'react';

let wanted = false;
const listeners = new Set<() => void>();

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether there has been a toast: what shows them is loaded with the first. */
export const useToastsWanted = () => useSyncExternalStore(subscribe, () => wanted);

/** Shows a toast; one with an `id` is shown once. */
export function showToast(toast: NotificationData): void {
  wanted = true;
  for (const listener of listeners) listener();
  void import('@mantine/notifications').then(({ notifications }) => notifications.show(toast));
}
