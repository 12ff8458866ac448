import type { Example } from './example';

export const FLEET: readonly Example[] = [
  {
    domain: 'fleet',
    title: 'Projects and their budgets',
    about: 'What each project may cost and does, and who its servers are. Money is in cents.',
    document: `query Projects {
  projects(first: 20) {
    nodes {
      id
      name
      viewerAccess
      serverCount
      maxServers
      monthlyCostCents
      monthlyBudgetCents
      overBudget
      servers(first: 10) {
        nodes {
          name
          address
          status
          monthlyPriceCents
        }
      }
    }
  }
}
`,
  },
  {
    domain: 'fleet',
    title: 'The library of scripts',
    about: 'Scripts that deployments run, with the variables that each of them takes.',
    document: `query Scripts($where: ScriptWhere) {
  scripts(first: 20, where: $where) {
    nodes {
      id
      name
      kind
      requiresRoot
      currentRevision {
        number
        digest
        variables {
          name
        }
      }
    }
  }
}
`,
    variables: { where: { search: '' } },
  },
  {
    domain: 'fleet',
    title: 'Test a connection',
    about: 'Tries to reach the servers of a project by its key, and says for each how that went.',
    document: `mutation TestConnection($input: TestProjectConnectionInput!) {
  testProjectConnection(input: $input) {
    results {
      server {
        name
        address
      }
      status
      fingerprint
      message
      durationMs
    }
    userErrors {
      code
      message
    }
  }
}
`,
    variables: { input: { projectId: '' } },
    fill: { 'input.projectId': 'projects' },
  },
];
