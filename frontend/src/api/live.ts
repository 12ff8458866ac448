import type { Client as Socket, createClient } from 'graphql-ws';
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

export type LiveSocket = Pick<Socket, 'subscribe'> & { dispose: () => void };

/** A socket that is opened, and whose code is loaded, with the first subscription; and again with one that follows `dispose`. */
export function createLiveSocket(onUnauthenticated: () => void): LiveSocket {
  let socket: Promise<Socket> | null = null;
  const load = () => {
    socket ??= import('graphql-ws').then(({ createClient }) => openSocket(createClient, onUnauthenticated));
    return socket;
  };
  return {
    subscribe(payload, sink) {
      let isOver = false;
      let stop = () => {};
      load().then(
        (opened) => {
          if (!isOver) stop = opened.subscribe(payload, sink);
        },
        (error: unknown) => {
          // Asked for anew by whoever subscribes next.
          socket = null;
          if (!isOver) sink.error(error);
        },
      );
      return () => {
        isOver = true;
        stop();
      };
    },
    dispose() {
      void socket?.then(({ dispose }) => dispose()).catch(() => undefined);
      socket = null;
    },
  };
}

function openSocket(createSocket: typeof createClient, onUnauthenticated: () => void): Socket {
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
