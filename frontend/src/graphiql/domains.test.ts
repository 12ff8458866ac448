import { expect, it } from 'vitest';
import { byDomain, domainOf } from './domains';

it.each([
  ['viewer', 'identity'],
  ['signIn', 'identity'],
  ['updateUser', 'identity'],
  ['updateTenant', 'tenancy'],
  ['sites', 'inventory'],
  ['updateSite', 'inventory'],
  ['createDevice', 'inventory'],
  ['updateProjectSsh', 'fleet'],
  ['grantProjectAccess', 'fleet'],
  ['registerServer', 'fleet'],
  ['createScript', 'fleet'],
  ['approveServerRequest', 'provisioning'],
  ['deployServerRequest', 'deployment'],
  ['runScript', 'deployment'],
  ['deploymentProgress', 'deployment'],
  ['markNotificationsRead', 'notifications'],
  ['nodes', 'general'],
])('%s is of %s', (field, domain) => expect(domainOf(field)).toBe(domain));

it('has the domains in their order, and none that is empty', () => {
  expect(byDomain(['node', 'runScript', 'viewer', 'deployments'], domainOf)).toEqual([
    ['identity', ['viewer']],
    ['deployment', ['runScript', 'deployments']],
    ['general', ['node']],
  ]);
});
