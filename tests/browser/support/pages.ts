import { EVERYBODY, STAFF, type Person } from './people';
import type { World } from './world';

/** One page as somebody sees it. */
export interface Visit {
  path: string;
  /** Words of the data that it shows: what it looks like is judged once they are there. */
  shows: string;
}

interface AppRoute {
  open: readonly Person[];
  visits: (world: World, person: Person) => readonly Visit[];
}

const WRITERS: readonly Person[] = ['admin', 'tech_agent', 'sohila'];

/** Which of the demo's projects somebody works in. */
function reach(person: Person): 'local' | 'nova' | 'acme' {
  if (person === 'sohila') return 'nova';
  return person === 'owner' ? 'acme' : 'local';
}

const PROJECT_NAMES = { local: 'Local demo', nova: 'Nova HR', acme: 'Acme portal' } as const;
const SERVER_NAMES = { local: 'local-demo-01', nova: 'nova-hr-web-01', acme: 'acme-portal-01' } as const;
const REQUEST_NAMES = { local: 'showroom-pending', nova: 'nova-hr-web-02', acme: 'acme-portal-02' } as const;

const always = (path: string, shows: string | ((person: Person) => string)) => (_world: World, person: Person) => [
  { path, shows: typeof shows === 'string' ? shows : shows(person) },
];

/** Every route of the app: who may open it, and which pages of it to look at. */
export const ROUTES: Readonly<Record<string, AppRoute>> = {
  '/': { open: EVERYBODY, visits: always('/', dashboardWords) },
  '/requests': { open: EVERYBODY, visits: always('/requests', (person) => REQUEST_NAMES[reach(person)]) },
  '/requests/new': { open: ['admin', 'sales_agent'], visits: always('/requests/new', 'Before it can be approved') },
  '/requests/$id': { open: EVERYBODY, visits: requestPages },
  '/requests/$id/edit': { open: EVERYBODY, visits: requestEditPages },
  '/deployments': {
    open: EVERYBODY,
    visits: always('/deployments', (person) => (reach(person) === 'local' ? 'Local service' : 'No deployments yet')),
  },
  '/deployments/$id': { open: EVERYBODY, visits: deploymentPages },
  '/projects': { open: EVERYBODY, visits: always('/projects', (person) => PROJECT_NAMES[reach(person)]) },
  '/projects/$id': { open: EVERYBODY, visits: projectPages },
  '/servers': { open: EVERYBODY, visits: always('/servers', (person) => SERVER_NAMES[reach(person)]) },
  '/servers/$id': {
    open: EVERYBODY,
    visits: ({ servers }, person) => [{ path: `/servers/${servers[reach(person)]}`, shows: SERVER_NAMES[reach(person)] }],
  },
  '/scripts': { open: STAFF, visits: always('/scripts', 'Local service') },
  '/scripts/new': { open: WRITERS, visits: always('/scripts/new', 'Commands over SSH') },
  '/scripts/$id': { open: STAFF, visits: ({ script }) => [{ path: `/scripts/${script}`, shows: 'page_title' }] },
  '/scripts/$id/edit': {
    open: WRITERS,
    visits: ({ script }) => [{ path: `/scripts/${script}/edit`, shows: 'Find the service directory' }],
  },
  '/tenants': { open: EVERYBODY, visits: always('/tenants', 'Acme Corporation') },
  '/tenants/$id': {
    open: EVERYBODY,
    visits: ({ tenant }) => [{ path: `/tenants/${tenant}`, shows: 'Acme Headquarters' }],
  },
  '/sites': { open: EVERYBODY, visits: always('/sites', 'Acme Headquarters') },
  '/devices': { open: EVERYBODY, visits: always('/devices', 'HVAC controller') },
  '/users': { open: ['admin'], visits: always('/users', 'Sales Agent') },
  '/access-tokens': {
    open: EVERYBODY,
    visits: always('/access-tokens', (person) => (person === 'admin' ? 'Nightly report' : 'No access tokens')),
  },
  '/usage': { open: ['admin'], visits: always('/usage?q=Query.', 'Query.') },
  '/notifications': {
    open: EVERYBODY,
    visits: always('/notifications', (person) => (reach(person) === 'local' ? 'showroom-' : 'No notifications yet')),
  },
};

function dashboardWords(person: Person): string {
  return { local: 'showroom-', nova: 'Nova HR', acme: 'Acme Corporation' }[reach(person)];
}

function requestPages({ requests }: World, person: Person): Visit[] {
  const visit = (id: string, shows: string) => ({ path: `/requests/${id}`, shows });
  const own = reach(person);
  if (own !== 'local') return [visit(requests[own], REQUEST_NAMES[own])];
  const deployed = visit(requests.deployed, 'What was approved');
  const complete = visit(requests.complete, 'Digest of the plan');
  if (person !== 'admin') return [deployed, complete];
  return [
    deployed,
    complete,
    visit(requests.incomplete, 'The plan is not complete'),
    visit(requests.approved, 'Within the budget.'),
    visit(requests.rejected, 'The demo has enough of these.'),
  ];
}

function requestEditPages({ requests }: World, person: Person): Visit[] {
  const id = { local: requests.complete, nova: requests.nova, acme: requests.acme }[reach(person)];
  return [{ path: `/requests/${id}/edit`, shows: person === 'owner' ? 'cannot be edited' : 'Summary' }];
}

function deploymentPages({ deployments }: World, person: Person): Visit[] {
  const visit = (id: string, shows: string) => ({ path: `/deployments/${id}`, shows });
  if (reach(person) !== 'local') return [visit(deployments.completed, 'Not found')];
  const completed = visit(deployments.completed, 'Check that this deployment is recorded exactly once');
  if (person !== 'admin') return [completed];
  return [completed, visit(deployments.failed, 'This deployment failed'), visit(deployments.running, 'Running for')];
}

function projectPages({ projects }: World, person: Person): Visit[] {
  const path = `/projects/${projects[reach(person)]}`;
  const overview = { path, shows: PROJECT_NAMES[reach(person)] };
  if (person !== 'admin') return [overview];
  return [
    overview,
    { path: `${path}?tab=servers`, shows: SERVER_NAMES.local },
    { path: `${path}?tab=connection`, shows: 'Private key' },
    { path: `${path}?tab=access`, shows: 'Technical Agent' },
  ];
}

/** Every page that somebody's role opens. */
export function pagesOf(world: World, person: Person): Visit[] {
  const open = Object.values(ROUTES).filter((route) => route.open.includes(person));
  return open.flatMap((route) => route.visits(world, person));
}
