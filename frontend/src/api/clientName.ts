import { version } from '../../package.json';

/** How the server knows which client asks: as headers, and as the payload of a socket's `connection_init`. */
const named = (name: string) => ({ 'graphql-client-name': name, 'graphql-client-version': version });

export const APP_CLIENT = named('rookery-app');
export const GRAPHIQL_CLIENT = named('rookery-graphiql');
