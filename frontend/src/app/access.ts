import type { Access } from './viewer';

/** Staff work across tenants; everybody else has something to see once they belong to one. */
const REACH = { anyOf: [], staff: true, member: true } as const;

/**
 * Who is shown which pages: the one place the navigation and the routes both read. What a page then holds is decided
 * row by row on the server.
 */
export const ACCESS = {
  requests: REACH,
  createRequest: { anyOf: ['CREATE_REQUESTS'] },
  deployments: REACH,
  projects: REACH,
  servers: REACH,
  scripts: { anyOf: [], staff: true },
  createScript: { anyOf: ['MANAGE_DEPLOYMENTS'] },
  tenants: REACH,
  users: { anyOf: ['MANAGE_USERS'] },
  usage: { anyOf: ['VIEW_USAGE'] },
} as const satisfies Record<string, Access>;
