import type { Example } from './example';

export const TENANCY: readonly Example[] = [
  {
    domain: 'tenancy',
    title: 'Tenants and their people',
    about: 'The clients that you see, with their members and their sites.',
    document: `query Tenants {
  tenants(first: 20) {
    totalCount
    nodes {
      id
      name
      slug
      type
      status
      members {
        role
        status
        user {
          name
        }
      }
      sites(first: 10) {
        nodes {
          name
          timezone
        }
      }
    }
  }
}
`,
  },
  {
    domain: 'tenancy',
    title: 'Take a client on',
    about: 'Creates a tenant. What you got wrong comes back in userErrors, with the name of the field.',
    document: `mutation TakeClientOn($input: CreateTenantInput!) {
  createTenant(input: $input) {
    tenant {
      id
      name
      slug
    }
    userErrors {
      code
      field
      message
    }
  }
}
`,
    variables: { input: { name: 'Example Company', slug: 'example-company', type: 'TRIAL' } },
  },
];
