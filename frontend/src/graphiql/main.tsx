import 'graphiql/setup-workers/vite';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { UiProvider } from '~/ui/theme/UiProvider';
import { ConnectionProvider } from './connection';
import { GraphiqlPage } from './GraphiqlPage';

const root = document.getElementById('root');
if (!root) throw new Error('graphiql.html has no #root');

createRoot(root).render(
  <StrictMode>
    <UiProvider>
      <ConnectionProvider>
        <GraphiqlPage />
      </ConnectionProvider>
    </UiProvider>
  </StrictMode>,
);
