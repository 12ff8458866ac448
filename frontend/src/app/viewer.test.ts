import { describe, expect, it } from 'vitest';
import { ACCESS } from './access';
import { mayAccess } from './viewer';

const tenant = { id: 't', name: 'Acme' };
const client = (status?: 'ACTIVE' | 'SUSPENDED') => ({
  level: 'CLIENT' as const,
  permissions: [],
  memberships: status ? [{ role: 'MEMBER' as const, status, tenant }] : [],
});

describe('mayAccess', () => {
  it('opens what any one permission opens, and to staff what is for staff', () => {
    const sales = { level: 'BILLING' as const, permissions: ['CREATE_REQUESTS' as const], memberships: [] };
    expect(mayAccess(sales, ACCESS.createRequest)).toBe(true);
    expect(mayAccess(sales, ACCESS.requests)).toBe(true);
    expect(mayAccess(sales, ACCESS.scripts)).toBe(true);
    expect(mayAccess(sales, ACCESS.createScript)).toBe(false);
    expect(mayAccess(sales, ACCESS.users)).toBe(false);
    expect(mayAccess(sales, undefined)).toBe(true);
  });

  it("opens a tenant's pages to its active members only", () => {
    for (const access of [ACCESS.tenants, ACCESS.projects, ACCESS.requests]) {
      expect(mayAccess(client('ACTIVE'), access)).toBe(true);
      expect(mayAccess(client('SUSPENDED'), access)).toBe(false);
      expect(mayAccess(client(), access)).toBe(false);
    }
    for (const access of [ACCESS.scripts, ACCESS.users, ACCESS.createRequest]) {
      expect(mayAccess(client('ACTIVE'), access)).toBe(false);
    }
  });
});
