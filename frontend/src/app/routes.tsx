import { createRootRoute, createRoute, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import { ACCESS } from './access';
import { CrashPage } from './CrashPage';
import { NotFoundPage } from './NotFoundPage';
import { mayBeSignedIn } from './presence';
import { signInSearch, type Search } from './search';
import type { Access } from './viewer';
import { Waiting } from './Waiting';

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    access?: Access;
  }
}

type Page = () => Promise<{ default: ComponentType }>;

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, errorComponent: CrashPage });

/** Everything behind sign-in: navigation around, viewer known. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: lazyRouteComponent(() => import('./Shell'), 'Shell'),
  pendingComponent: Waiting,
  // A stranger goes to the sign-in page without loading what is behind it.
  beforeLoad: async ({ location }) => {
    if (!(await mayBeSignedIn())) throw redirect({ to: '/sign-in', search: signInSearch(location.href), replace: true });
  },
});

const validateSearch = (search: Record<string, unknown>): Search => search as Search;

function page<const Path extends string>(path: Path, load: Page, access?: Access) {
  return createRoute({
    getParentRoute: () => shell,
    path,
    component: lazyRouteComponent(load),
    staticData: { access },
    validateSearch,
    // What a page holds of one object, the answer to its query included, is of no use for another.
    remountDeps: ({ params }) => params,
  });
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('~/features/identity/SignInPage')),
  validateSearch,
});

export const routeTree = root.addChildren([
  signIn,
  shell.addChildren([
    page('/', () => import('~/features/dashboards/DashboardPage')),
    page('/requests', () => import('~/features/provisioning/RequestsPage'), ACCESS.requests),
    page('/requests/new', () => import('~/features/provisioning/NewRequestPage'), ACCESS.createRequest),
    page('/requests/$id', () => import('~/features/provisioning/RequestPage'), ACCESS.requests),
    page('/requests/$id/edit', () => import('~/features/provisioning/EditRequestPage'), ACCESS.requests),
    page('/deployments', () => import('~/features/deployment/DeploymentsPage'), ACCESS.deployments),
    page('/deployments/$id', () => import('~/features/deployment/DeploymentPage'), ACCESS.deployments),
    page('/projects', () => import('~/features/fleet/ProjectsPage'), ACCESS.projects),
    page('/projects/$id', () => import('~/features/fleet/ProjectPage'), ACCESS.projects),
    page('/servers', () => import('~/features/fleet/ServersPage'), ACCESS.servers),
    page('/servers/$id', () => import('~/features/fleet/ServerPage'), ACCESS.servers),
    page('/scripts', () => import('~/features/deployment/ScriptsPage'), ACCESS.scripts),
    page('/scripts/new', () => import('~/features/deployment/NewScriptPage'), ACCESS.createScript),
    page('/scripts/$id', () => import('~/features/deployment/ScriptPage'), ACCESS.scripts),
    page('/scripts/$id/edit', () => import('~/features/deployment/EditScriptPage'), ACCESS.createScript),
    page('/tenants', () => import('~/features/tenancy/TenantsPage'), ACCESS.tenants),
    page('/tenants/$id', () => import('~/features/tenancy/TenantPage'), ACCESS.tenants),
    page('/sites', () => import('~/features/inventory/SitesPage'), ACCESS.tenants),
    page('/devices', () => import('~/features/inventory/DevicesPage'), ACCESS.tenants),
    page('/users', () => import('~/features/identity/UsersPage'), ACCESS.users),
    page('/access-tokens', () => import('~/features/identity/AccessTokensPage')),
    page('/usage', () => import('~/features/usage/UsagePage'), ACCESS.usage),
    page('/notifications', () => import('~/features/notify/NotificationsPage')),
  ]),
]);
