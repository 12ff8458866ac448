import type { Fetcher } from '@graphiql/toolkit';
import { createContext, use, useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { CLIENT } from './client';
import { createFetcher, withHeaders } from './fetcher';
import { headersOf, loadSets, saveSets, type HeaderSets } from './headers/headerSets';
import { codeOf, send, Unreachable, type Answer } from './send';
import { uuid } from './uuid';

/** What keeps the page from being of use, to be told above the editors. */
export type Trouble =
  | { kind: 'unreachable' }
  | { kind: 'anonymous' }
  | { kind: 'ended' }
  | { kind: 'refused' }
  | { kind: 'schema'; message: string };

export interface Person {
  id: string;
  name: string;
}

interface Connection {
  /** Who the server takes the page for; undefined until it has said so. */
  person: Person | null | undefined;
  trouble: Trouble | null;
  dismiss: () => void;
  token: string;
  setToken: (token: string) => void;
  headerSets: HeaderSets;
  setHeaderSets: (sets: HeaderSets) => void;
  /** Asks anew who the page acts as, and for the schema. */
  retry: () => void;
  /** Answers what was wrong; empty if nothing was. */
  signIn: (login: string, password: string) => Promise<string>;
  signOut: () => Promise<void>;
  /** Another value for another reading of the schema. */
  attempt: number;
  /** Another value once what the last person saw must go. */
  generation: number;
  fetcher: Fetcher;
}

const ConnectionContext = createContext<Connection | null>(null);

export function useConnection(): Connection {
  const connection = use(ConnectionContext);
  if (!connection) throw new Error('useConnection outside ConnectionProvider');
  return connection;
}

/** Who the page acts as, what it sends with each operation, and how that goes. */
export function ConnectionProvider({ children }: { children: ReactNode }) {
  const [person, setPerson] = useState<Person | null | undefined>();
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  // Held in memory only: whatever script storage keeps, any script of the page can read later.
  const [token, setToken] = useState('');
  const [headerSets, setSets] = useState(loadSets);
  const [attempt, setAttempt] = useState(0);
  const [generation, setGeneration] = useState(0);

  const headers = useCallback(
    () => withHeaders({ ...CLIENT, ...(token && { authorization: `Bearer ${token}` }) }, headersOf(headerSets, uuid)),
    [token, headerSets],
  );
  // What runs later sends what is chosen by then.
  const now = useRef({ headers, person, generation });
  useEffect(() => {
    now.current = { headers, person, generation };
  });
  const credential = Object.entries(headers()).find(([name]) => name.toLowerCase() === 'authorization')?.[1] ?? '';
  // Whose the browser's session is: when that is over, what its person saw goes.
  const cookieOf = useRef<string | null>(null);

  const learn = useCallback((found: Person | null, byCookie: boolean) => {
    setPerson(found);
    if (!byCookie) return;
    const before = cookieOf.current;
    cookieOf.current = found?.id ?? null;
    if (before && before !== cookieOf.current) setGeneration((count) => count + 1);
  }, []);

  const load = useCallback(async () => {
    try {
      const answer = await send<{ viewer: { user: Person | null } }>(
        { query: '{ viewer { user { id name } } }' },
        now.current.headers(),
      );
      const byCookie = !hasAuthorization(now.current.headers());
      const wasSomebody = byCookie && cookieOf.current !== null;
      const found = answer.data?.viewer.user ?? null;
      learn(found, byCookie);
      if (!byCookie && codeOf(answer) === 'UNAUTHENTICATED') setTrouble({ kind: 'refused' });
      else if (wasSomebody && !found) setTrouble({ kind: 'ended' });
      else setTrouble((before) => (before && !found && STANDING.has(before.kind) ? before : null));
      return found;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      setTrouble({ kind: 'unreachable' });
      return null;
    }
  }, [learn]);

  // With each identity, the schema is read anew too: it is the server's answer to this one.
  useEffect(() => {
    void load();
    setAttempt((count) => count + 1);
  }, [load, credential]);

  // Signing in or out in another tab is noticed on coming back to this one.
  useEffect(() => {
    const look = () => void (document.visibilityState === 'visible' && load());
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, [load]);

  const fetcher = useMemo(
    () =>
      createFetcher({
        headers: () => now.current.headers(),
        generation: () => now.current.generation,
        onUnreachable: () => setTrouble({ kind: 'unreachable' }),
        onAnswer: (answer, isIntrospection) => {
          const isRefused = codeOf(answer) === 'UNAUTHENTICATED';
          if (isRefused && hasAuthorization(now.current.headers())) setTrouble({ kind: 'refused' });
          else if (isIntrospection && !answer.data) setTrouble({ kind: 'schema', message: messageOf(answer) });
          else if (isRefused && now.current.person) void load();
          else if (isRefused) setTrouble((before) => before ?? { kind: 'anonymous' });
          else setTrouble((before) => (before && OVER[isIntrospection ? 'schema' : 'answer'].has(before.kind) ? null : before));
        },
      }),
    [load],
  );

  const connection = useMemo(
    (): Connection => ({
      person,
      trouble,
      dismiss: () => setTrouble(null),
      token,
      setToken,
      headerSets,
      setHeaderSets: (sets) => {
        setSets(sets);
        saveSets(sets);
      },
      retry: () => {
        void load();
        setAttempt((count) => count + 1);
      },
      async signIn(login, password) {
        const fault = await signIn(login, password);
        if (fault) return fault;
        setTrouble(null);
        await load();
        setAttempt((count) => count + 1);
        return '';
      },
      async signOut() {
        try {
          await send({ query: 'mutation { signOut { signedOut } }' }, CLIENT);
        } catch (error) {
          if (!(error instanceof Unreachable)) throw error;
          setTrouble({ kind: 'unreachable' });
          return;
        }
        learn(null, true);
        setTrouble(null);
        setAttempt((count) => count + 1);
      },
      attempt,
      generation,
      fetcher,
    }),
    [person, trouble, token, headerSets, attempt, generation, fetcher, load, learn],
  );
  return <ConnectionContext value={connection}>{children}</ConnectionContext>;
}

/** Troubles that an answer ends. */
const OVER: Record<'schema' | 'answer', ReadonlySet<Trouble['kind']>> = {
  schema: new Set(['unreachable', 'schema']),
  answer: new Set(['unreachable', 'refused', 'anonymous']),
};

/** Troubles that are not over because nobody is known to have signed in. */
const STANDING: ReadonlySet<Trouble['kind']> = new Set(['anonymous', 'ended', 'schema']);

async function signIn(login: string, password: string): Promise<string> {
  try {
    const { data, errors } = await send<{ signIn: { userErrors: { message: string }[] } }>(
      {
        query: 'mutation ($input: SignInInput!) { signIn(input: $input) { userErrors { message } } }',
        variables: { input: { login, password } },
      },
      CLIENT,
    );
    return data?.signIn.userErrors[0]?.message ?? errors?.[0]?.message ?? '';
  } catch (error) {
    return error instanceof Unreachable ? error.message : 'Signing in did not work.';
  }
}

const messageOf = ({ errors }: Answer) => errors?.[0]?.message ?? 'The answer holds no schema.';

const hasAuthorization = (headers: Record<string, string>) =>
  Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
