import { version } from '../../package.json';

/** How GraphiQL names itself to the server: in headers, and in what opens a socket. */
export const CLIENT: Readonly<Record<string, string>> = {
  'graphql-client-name': 'rookery-graphiql',
  'graphql-client-version': version,
};
