import type { Cache, CacheExchangeOpts, Resolver, UpdateResolver } from '@urql/exchange-graphcache';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { graphql } from '~/gql';

/** The signed-in viewer is one object; every query that selects from it shares one record. */
const VIEWER = { __typename: 'Viewer', id: 'viewer' } as const;
const VIEWER_KEY = 'Viewer:viewer';

const UnreadCount = graphql(`
  fragment UnreadCount on Viewer @_unmask {
    unreadNotificationCount
  }
`);

/** Which lists a mutation makes out of date: what it returns is normalised, membership in a list is not. */
const LISTS_CHANGED: Record<string, readonly string[]> = {
  createTenant: ['tenants'],
  updateTenant: ['tenants'],
  createSite: ['sites'],
  updateSite: ['sites'],
  createDevice: ['devices'],
  updateDevice: ['devices'],
  createProject: ['projects'],
  updateProject: ['projects'],
  grantProjectAccess: ['projects', 'servers'],
  revokeProjectAccess: ['projects', 'servers'],
  registerServer: ['servers', 'projects', 'serverLabels'],
  updateServer: ['servers', 'serverLabels'],
  createServerRequest: ['serverRequests'],
  updateServerRequest: ['serverRequests'],
  cancelServerRequest: ['serverRequests'],
  approveServerRequest: ['serverRequests'],
  rejectServerRequest: ['serverRequests'],
  deployServerRequest: ['serverRequests', 'deployments', 'servers'],
  runScript: ['deployments'],
  rerunDeployment: ['serverRequests', 'deployments', 'servers'],
  cancelDeployment: ['deployments'],
  pauseDeployment: ['deployments'],
  resumeDeployment: ['deployments'],
  createScript: ['scripts'],
  updateScript: ['scripts'],
  createUser: ['users'],
  updateUser: ['users'],
};

const LISTS = [
  'tenants',
  'sites',
  'devices',
  'users',
  'projects',
  'servers',
  'serverRequests',
  'scripts',
  'deployments',
  'fieldUsage',
] as const;

/** Values that have no identity of their own and live inside the object that holds them. */
const EMBEDDED = [
  'Membership',
  'ProjectAccess',
  'SshSettings',
  'ScriptVariable',
  'Plan',
  'PlanTarget',
  'PlanVariable',
  'TrustedDocument',
  'RequestAction',
  'DeploymentProgress',
  'DeploymentHost',
  'DeploymentTask',
  'DeploymentTaskHost',
  'DeploymentEvent',
  'ServerRunStatistics',
  'DeploymentProgressPayload',
  'ConnectionTestResult',
  'UserError',
] as const;

function invalidateField(cache: Cache, entity: string, fieldName: string) {
  for (const field of cache.inspectFields(entity)) {
    if (field.fieldName === fieldName) cache.invalidate(entity, field.fieldName, field.arguments);
  }
}

const invalidateLists =
  (lists: readonly string[]): UpdateResolver =>
  (_result, _args, cache) => {
    for (const list of lists) invalidateField(cache, 'Query', list);
  };

const markNotificationsRead: UpdateResolver = (result, _args, cache) => {
  const payload = result.markNotificationsRead as { unreadCount?: number } | null;
  if (typeof payload?.unreadCount === 'number') {
    cache.writeFragment(UnreadCount, { ...VIEWER, unreadNotificationCount: payload.unreadCount } as never);
  }
  invalidateField(cache, VIEWER_KEY, 'notifications');
};

const accessTokensChanged: UpdateResolver = (_result, _args, cache) => invalidateField(cache, VIEWER_KEY, 'accessTokens');

const notificationReceived: UpdateResolver = (result, _args, cache) => {
  const { subjectId, subjectType } = result.notificationReceived as { subjectId?: string; subjectType?: string };
  // Whoever looks at what moved sees it as it is now.
  if (subjectId && subjectType) cache.invalidate({ __typename: subjectType, id: subjectId });
  const count = cache.resolve(VIEWER_KEY, 'unreadNotificationCount');
  if (typeof count === 'number') {
    cache.writeFragment(UnreadCount, { ...VIEWER, unreadNotificationCount: count + 1 } as never);
  }
  invalidateField(cache, VIEWER_KEY, 'notifications');
  // A notification says that a request or a deployment moved: whoever looks at a list sees it move.
  for (const list of ['serverRequests', 'deployments']) invalidateField(cache, 'Query', list);
};

/** An object that a list has brought already, unless the server said that there is none. */
const byId =
  (__typename: string): Resolver =>
  (_parent, args, cache, { parentKey, fieldName }) =>
    cache.resolve(parentKey, fieldName, args) === null ? null : { __typename, id: args.id as string };

export function createCacheExchange() {
  const keys: NonNullable<CacheExchangeOpts['keys']> = { Viewer: () => 'viewer' };
  for (const type of EMBEDDED) keys[type] = () => null;

  const Query: Record<string, ReturnType<typeof relayPagination>> = {};
  for (const list of LISTS) Query[list] = relayPagination();

  const Mutation: Record<string, UpdateResolver> = {
    markNotificationsRead,
    createAccessToken: accessTokensChanged,
    revokeAccessToken: accessTokensChanged,
  };
  for (const [mutation, lists] of Object.entries(LISTS_CHANGED)) Mutation[mutation] = invalidateLists(lists);

  return cacheExchange({
    keys,
    resolvers: {
      Query: {
        ...Query,
        serverRequest: byId('ServerRequest'),
        deployment: byId('Deployment'),
      },
      Viewer: { notifications: relayPagination(), accessTokens: relayPagination() },
      Tenant: { sites: relayPagination() },
      Site: { devices: relayPagination() },
      Project: { servers: relayPagination() },
      Deployment: { events: relayPagination() },
    },
    updates: { Mutation, Subscription: { notificationReceived } },
  });
}
