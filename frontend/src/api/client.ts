import { Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import { createCacheExchange } from './cache';
import { besideCache } from './besideCache';
import { errorCode } from './errors';
import { APP_CLIENT } from './clientName';
import { createLiveSocket } from './live';
import { fetchTrusted, subscribeTrusted } from './trustedDocuments';

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
    fetch: fetchTrusted,
    requestPolicy: 'cache-and-network',
    fetchOptions: { credentials: 'same-origin', headers: APP_CLIENT },
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
            unsubscribe: subscribeTrusted(socket, { ...request, query: request.query ?? '' }, sink),
          }),
        }),
      }),
      fetchExchange,
    ],
  });
  return { client, dispose: () => void socket.dispose() };
}
