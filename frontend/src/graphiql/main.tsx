import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createClient } from 'graphql-ws';
import { StrictMode, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { UiProvider } from '~/ui/theme/UiProvider';
import classes from './main.module.css';
import { SignInBar } from './SignInBar';

const EXAMPLE = `# Rookery's GraphQL API. Sign in above, or paste a token.
# Ctrl-Enter runs the operation, Ctrl-Space completes.
query WhoAmI {
  viewer {
    user {
      name
    }
    level
    permissions
  }
}
`;

/** A socket keeps the identity it was opened with, so another identity gets another fetcher. */
function useFetcher(token: string, signIns: number) {
  return useMemo(() => {
    const authorization = token ? { authorization: `Bearer ${token}` } : undefined;
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    return createGraphiQLFetcher({
      url: '/graphql',
      headers: authorization,
      wsClient: createClient({
        url: `${scheme}://${location.host}/graphql`,
        lazy: true,
        connectionParams: authorization,
      }),
    });
      // `signIns` is not read: it stands for the cookie, which scripts cannot see.
  }, [token, signIns]);
}

function Explorer() {
  // Held in memory only: whatever script storage keeps, any script of the page can read later.
  const [token, setToken] = useState('');
  const [signIns, setSignIns] = useState(0);
  const fetcher = useFetcher(token, signIns);
  return (
    <div className={classes.page}>
      <SignInBar token={token} onToken={setToken} onSession={() => setSignIns((count) => count + 1)} />
      <div className={classes.explorer}>
        <GraphiQL key={`${token ? 'token' : 'cookie'}:${signIns}`} fetcher={fetcher} defaultQuery={EXAMPLE} />
      </div>
    </div>
  );
}

const root = document.getElementById('root');
if (!root) throw new Error('graphiql.html has no #root');

createRoot(root).render(
  <StrictMode>
    <UiProvider>
      <Explorer />
    </UiProvider>
  </StrictMode>,
);
