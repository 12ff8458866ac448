import { createContext, use, useMemo, useState, type ReactNode } from 'react';
import { Provider } from 'urql';
import { visitor } from './visitor';

interface SessionControl {
  /** Which session this is; every `reset` begins another. */
  generation: number;
  /** Drops everything loaded so far and starts with a fresh client: after signing in and after signing out. */
  reset: () => void;
  /** True once the server said that the session is over. */
  ended: boolean;
  /** To be told that the server said so. */
  end: () => void;
}

const SessionContext = createContext<SessionControl | null>(null);

/** Around everything. Who has signed in has a client of their own, from `SessionClient`. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const [{ generation, ended }, setState] = useState({ generation: 0, ended: false });
  const control = useMemo(
    () => ({
      generation,
      ended,
      end: () => setState((state) => ({ ...state, ended: true })),
      reset: () => setState((state) => ({ generation: state.generation + 1, ended: false })),
    }),
    [generation, ended],
  );
  return (
    <SessionContext value={control}>
      <Provider value={visitor}>{children}</Provider>
    </SessionContext>
  );
}

export function useSession(): SessionControl {
  const control = use(SessionContext);
  if (!control) throw new Error('useSession outside SessionProvider');
  return control;
}
