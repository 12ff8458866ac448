import type { Example } from './example';

export const GENERAL: readonly Example[] = [
  {
    domain: 'general',
    title: 'Any object by its id',
    about: 'Ids are global: node finds what one belongs to, whatever it is.',
    document: `query AnyObject($id: ID!) {
  node(id: $id) {
    __typename
    id
    ... on Deployment {
      status
      createdAt
    }
    ... on Server {
      name
      address
    }
    ... on ServerRequest {
      name
      priority
    }
  }
}
`,
    variables: { id: '' },
    fill: { id: 'servers' },
  },
  {
    domain: 'general',
    title: 'What an operation costs',
    about: 'An answer says in extensions.cost what it has cost; here it is shown below it. Ask for less, and see.',
    document: `query Costly($first: Int!) {
  projects(first: $first) {
    nodes {
      name
      servers(first: $first) {
        nodes {
          name
          status
        }
      }
    }
  }
}
`,
    variables: { first: 20 },
  },
];
