import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import { Provider } from 'urql';
import { createSession, type Session } from './client';

interface SessionControl {
  /** Drops everything loaded so far and starts with a fresh client: after signing in and after signing out. */
  reset: () => void;
  /** True once the server said that the session is over. */
  ended: boolean;
}

const SessionContext = createContext<SessionControl | null>(null);

export function SessionProvider({ children }: { children: ReactNode }) {
  const [ended, setEnded] = useState(false);
  const [session, setSession] = useState<Session>(() => createSession(() => setEnded(true)));

  const reset = useCallback(() => {
    setEnded(false);
    session.dispose();
    setSession(createSession(() => setEnded(true)));
  }, [session]);

  const control = useMemo(() => ({ reset, ended }), [reset, ended]);
  return (
    <SessionContext value={control}>
      <Provider value={session.client}>{children}</Provider>
    </SessionContext>
  );
}

export function useSession(): SessionControl {
  const control = use(SessionContext);
  if (!control) throw new Error('useSession outside SessionProvider');
  return control;
}
