/** The parts of Rookery, in the order in which they are told. */
export const DOMAINS = {
  identity: 'Identity',
  tenancy: 'Tenancy',
  inventory: 'Inventory',
  fleet: 'Fleet',
  provisioning: 'Provisioning',
  deployment: 'Deployment',
  notifications: 'Notifications',
  general: 'General',
} as const;

export type Domain = keyof typeof DOMAINS;

// The schema does not tell a field's domain; names do. The first that matches decides: `deployServerRequest` is of
// deployment, and a server request is not of the fleet.
const RULES: readonly [RegExp, Domain][] = [
  [/notification/i, 'notifications'],
  [/deploy|runScript/i, 'deployment'],
  [/serverRequest/i, 'provisioning'],
  [/device|^sites?$|(create|update)Site/i, 'inventory'],
  [/tenant|membership/i, 'tenancy'],
  [/viewer|user|sign(In|Out)|token|session|password|passkey/i, 'identity'],
  [/project|server|script/i, 'fleet'],
];

/** The domain that a field of a root type belongs to. */
export function domainOf(field: string): Domain {
  return RULES.find(([pattern]) => pattern.test(field))?.[1] ?? 'general';
}

/** Items by domain, in the domains' order and without the empty ones. */
export function byDomain<Item>(items: readonly Item[], domain: (item: Item) => Domain): [Domain, Item[]][] {
  return (Object.keys(DOMAINS) as Domain[])
    .map((name): [Domain, Item[]] => [name, items.filter((item) => domain(item) === name)])
    .filter(([, members]) => members.length > 0);
}
