import { expect, it } from 'vitest';
import { keepsInventory, keepsSomeInventory } from './inventoryAccess';

const member = (role: 'OWNER' | 'ADMIN' | 'MEMBER', status: 'ACTIVE' | 'SUSPENDED' = 'ACTIVE') => ({
  level: 'CLIENT' as const,
  isManager: false,
  memberships: [{ role, status, tenant: { id: 'acme', name: 'Acme' } }],
});

it('lets who keeps a tenant change its inventory, and nothing elsewhere', () => {
  expect(keepsInventory(member('OWNER'), 'acme')).toBe(true);
  expect(keepsInventory(member('ADMIN'), 'acme')).toBe(true);
  expect(keepsInventory(member('OWNER'), 'other')).toBe(false);
  expect(keepsInventory(member('MEMBER'), 'acme')).toBe(false);
  expect(keepsInventory(member('OWNER', 'SUSPENDED'), 'acme')).toBe(false);
  expect(keepsSomeInventory(member('MEMBER'))).toBe(false);
});

it('lets administrators and managers change all', () => {
  expect(keepsInventory({ level: 'ADMIN', isManager: false, memberships: [] }, 'acme')).toBe(true);
  expect(keepsInventory({ level: 'TECHNICIAN', isManager: true, memberships: [] }, 'acme')).toBe(true);
  expect(keepsInventory({ level: 'TECHNICIAN', isManager: false, memberships: [] }, 'acme')).toBe(false);
});
