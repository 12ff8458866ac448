import type { Viewer } from '~/app/viewer';

/** Whether the viewer keeps a tenant: as its owner or administrator. */
export const keepsTenant = (viewer: Pick<Viewer, 'memberships'>, tenantId: string) =>
  viewer.memberships.some(
    ({ tenant, role, status }) =>
      tenant.id === tenantId && status === 'ACTIVE' && (role === 'OWNER' || role === 'ADMIN'),
  );

type Keeper = Pick<Viewer, 'memberships' | 'level' | 'isManager'>;

/** Administrators and managers change sites and devices everywhere, who keeps a tenant changes those of it. */
export const keepsInventory = (viewer: Keeper, tenantId: string) =>
  viewer.level === 'ADMIN' || viewer.isManager || keepsTenant(viewer, tenantId);

/** Whether there is any tenant whose sites and devices the viewer may change. */
export const keepsSomeInventory = (viewer: Keeper) =>
  viewer.level === 'ADMIN' || viewer.isManager || viewer.memberships.some(({ tenant }) => keepsTenant(viewer, tenant.id));

export const INVENTORY_REASON = "Only administrators, managers and the tenant's owner and administrators change this.";
