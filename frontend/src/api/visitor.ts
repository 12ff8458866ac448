import { Client, fetchExchange } from 'urql';
import { TRANSPORT } from './transport';

/** The client of who has not signed in: it keeps nothing and has no socket, so that the sign-in page need not load either. */
export const visitor = new Client({ ...TRANSPORT, exchanges: [fetchExchange] });
