import { createRouter } from '@tanstack/react-router';
import { PageSkeleton } from '~/ui/PageSkeleton';
import { routeTree } from './routes';
import { parseSearch, stringifySearch } from './search';

export const router = createRouter({
  routeTree,
  parseSearch,
  stringifySearch,
  // Loads a page's code when its link is pointed at or focused.
  defaultPreload: 'intent',
  defaultPendingComponent: PageSkeleton,
  defaultPendingMs: 150,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
