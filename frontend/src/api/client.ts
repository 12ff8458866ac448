import { Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import { createCacheExchange } from './cache';
import { besideCache } from './besideCache';
import { errorCode } from './errors';
import { createLiveSocket } from './live';

export interface Session {
  client: Client;
  /** Closes the socket; the cache goes with the client. */
  dispose: () => void;
}

/**
 * One client per sign-in, so that nothing one person loaded is left for the next.
 * The session is an HttpOnly cookie: no token is ever held by JavaScript.
 */
export function createSession(onUnauthenticated: () => void): Session {
  const socket = createLiveSocket(onUnauthenticated);
  const client = new Client({
    url: '/graphql',
    preferGetMethod: false,
    requestPolicy: 'cache-and-network',
    fetchOptions: { credentials: 'same-origin' },
    exchanges: [
      mapExchange({
        onError(error) {
          if (errorCode(error) === 'UNAUTHENTICATED') onUnauthenticated();
        },
      }),
      besideCache(createCacheExchange()),
      subscriptionExchange({
        forwardSubscription: (request) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe({ ...request, query: request.query ?? '' }, sink),
          }),
        }),
      }),
      fetchExchange,
    ],
  });
  return { client, dispose: () => void socket.dispose() };
}
