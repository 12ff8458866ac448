import type { ClientOptions } from 'urql';
import { APP_CLIENT } from './clientName';
import { fetchTrusted } from './trustedDocuments';

/** How every client of the app asks the server. */
export const TRANSPORT = {
  url: '/graphql',
  preferGetMethod: false,
  fetch: fetchTrusted,
  fetchOptions: { credentials: 'same-origin', headers: APP_CLIENT },
} as const satisfies Partial<ClientOptions>;
