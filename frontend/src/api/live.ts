import { createClient as createSocket, type Client as Socket } from 'graphql-ws';
import { useSyncExternalStore } from 'react';
import { APP_CLIENT } from './clientName';
import { withoutText } from './trustedDocuments';

/** `idle`: nothing subscribed. `lost`: the socket went away and is being opened again. */
export type LiveState = 'idle' | 'connecting' | 'live' | 'lost';

let state: LiveState = 'idle';
const listeners = new Set<() => void>();

function setState(next: LiveState) {
  state = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Whether what is on screen is kept up to date right now. */
export const useLiveState = () => useSyncExternalStore(subscribe, () => state);

const CLOSE_UNAUTHENTICATED = [4401, 4403];

export function createLiveSocket(onUnauthenticated: () => void): Socket {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return createSocket({
    url: `${scheme}://${location.host}/graphql`,
    lazy: true,
    connectionParams: APP_CLIENT,
    jsonMessageReplacer: withoutText,
    keepAlive: 20_000,
    retryAttempts: Infinity,
    shouldRetry: (event) =>
      !(event instanceof CloseEvent && CLOSE_UNAUTHENTICATED.includes(event.code)),
    on: {
      connecting: (isRetry) => setState(isRetry ? 'lost' : 'connecting'),
      connected: () => setState('live'),
      closed: (event) => {
        if (event instanceof CloseEvent && CLOSE_UNAUTHENTICATED.includes(event.code)) {
          setState('idle');
          onUnauthenticated();
        } else {
          setState(event instanceof CloseEvent && event.wasClean && event.code === 1000 ? 'idle' : 'lost');
        }
      },
    },
  });
}
