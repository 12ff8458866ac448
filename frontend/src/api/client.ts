import { Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import { createCacheExchange } from './cache';
import { besideCache } from './besideCache';
import { errorCode } from './errors';
import { createLiveSocket } from './live';
import { TRANSPORT } from './transport';
import { subscribeTrusted } from './trustedDocuments';

export interface Session {
  client: Client;
  /** Keeps the session until what it answers is called, which closes the socket; the cache goes with the client. */
  hold: () => () => void;
}

/**
 * One client per sign-in, so that nothing one person loaded is left for the next.
 * The session is an HttpOnly cookie: no token is ever held by JavaScript.
 */
export function createSession(onUnauthenticated: () => void): Session {
  let isHeld = true;
  // What a session that was left is still told is nobody's business any more.
  const end = () => {
    if (isHeld) onUnauthenticated();
  };
  const socket = createLiveSocket(end);
  const client = new Client({
    ...TRANSPORT,
    requestPolicy: 'cache-and-network',
    exchanges: [
      mapExchange({
        onError(error) {
          if (errorCode(error) === 'UNAUTHENTICATED') end();
        },
      }),
      besideCache(createCacheExchange()),
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({
            unsubscribe: subscribeTrusted(socket, { ...request, query: request.query ?? '' }, sink),
          }),
        }),
      }),
      fetchExchange,
    ],
  });
  function hold() {
    isHeld = true;
    return () => {
      isHeld = false;
      socket.dispose();
    };
  }
  return { client, hold };
}
