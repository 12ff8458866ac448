import { useEffect, useState, type ReactNode } from 'react';
import { Provider } from 'urql';
import { createSession } from './client';
import { useSession } from './session';

/** Around everything behind sign-in: a client with a cache and a socket, for as long as the session lasts. */
export function SessionClient({ children }: { children: ReactNode }) {
  const { generation } = useSession();
  return <OneSession key={generation}>{children}</OneSession>;
}

function OneSession({ children }: { children: ReactNode }) {
  const { end } = useSession();
  const [session] = useState(() => createSession(end));
  useEffect(() => session.hold(), [session]);
  return <Provider value={session.client}>{children}</Provider>;
}
