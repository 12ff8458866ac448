import type { Example } from './example';

export const IDENTITY: readonly Example[] = [
  {
    domain: 'identity',
    title: 'Who am I',
    about: 'The account that you act as, and everything that it may do.',
    document: `query WhoAmI {
  viewer {
    user {
      id
      name
      email
      userType
    }
    level
    isManager
    permissions
    memberships {
      role
      tenant {
        name
      }
    }
    projectAccess {
      level
      project {
        name
      }
    }
  }
}
`,
  },
  {
    domain: 'identity',
    title: 'Find people',
    about: 'Accounts by a word of their name or address, with where they belong.',
    document: `query FindPeople($search: String!) {
  users(first: 20, where: { search: $search }, orderBy: { field: NAME }) {
    totalCount
    nodes {
      id
      name
      username
      level
      status
      memberships {
        role
        tenant {
          name
        }
      }
    }
  }
}
`,
    variables: { search: 'agent' },
  },
];
