import { Navigate, useLocation } from '@tanstack/react-router';
import { useEffect, type ReactNode } from 'react';
import { useQuery } from 'urql';
import { useSession } from '~/api/session';
import { ErrorState } from '~/ui/ErrorState';
import { noteSignedIn } from './presence';
import { signInSearch } from './search';
import { ViewerProvider, ViewerQuery, type SignedInViewer } from './viewer';
import { Waiting } from './Waiting';

/** Lets only those who are signed in through; the others go to sign-in and come back to where they wanted to be. */
export function ViewerGate({ children }: { children: ReactNode }) {
  const { ended } = useSession();
  const target = useLocation({ select: (location) => location.href });
  const [{ data, error }, retry] = useQuery({ query: ViewerQuery });

  const isOver = ended || (data && !data.viewer.user);
  const isSignedIn = isOver ? false : data ? true : null;
  useEffect(() => {
    if (isSignedIn !== null) noteSignedIn(isSignedIn);
  }, [isSignedIn]);

  if (isOver) {
    // Already on the way: the shell stays mounted until the sign-in page's code has arrived.
    if (target.startsWith('/sign-in')) return null;
    return <Navigate to="/sign-in" search={signInSearch(target)} replace />;
  }
  if (data?.viewer.user) {
    return <ViewerProvider viewer={data.viewer as SignedInViewer}>{children}</ViewerProvider>;
  }
  if (error) return <ErrorState error={error} onRetry={() => retry({ requestPolicy: 'network-only' })} />;
  return <Waiting />;
}
