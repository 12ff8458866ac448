import type { Example } from './example';

export const PROVISIONING: readonly Example[] = [
  {
    domain: 'provisioning',
    title: 'Requests that wait',
    about: 'Requests nobody has decided on yet, with what you may do with each.',
    document: `query PendingRequests {
  serverRequests(first: 20, where: { status: [PENDING] }, orderBy: { field: CREATED_AT, direction: DESC }) {
    totalCount
    nodes {
      id
      name
      priority
      createdAt
      requester {
        name
      }
      project {
        name
      }
      actions {
        name
        allowed
        reason
      }
    }
  }
}
`,
  },
  {
    domain: 'provisioning',
    title: 'A request and its plan',
    about: 'What would be done where, what is missing for it, and the digest that an approval names.',
    document: `query RequestPlan($id: ID!) {
  serverRequest(id: $id) {
    name
    status
    justification
    plan {
      complete
      missing
      digest
      scriptName
      scriptRevision
      monthlyPriceCents
      targets {
        name
        address
        user
      }
      variables {
        name
        value
        secret
      }
    }
    history {
      at
      action
      actor {
        name
      }
      note
    }
  }
}
`,
    variables: { id: '' },
    fill: { id: 'serverRequests' },
  },
  {
    domain: 'provisioning',
    title: 'Request a server',
    about: 'Files a request in the first project that you see; somebody else decides on it.',
    document: `mutation RequestServer($input: CreateServerRequestInput!) {
  createServerRequest(input: $input) {
    serverRequest {
      id
      name
      status
      plan {
        complete
        missing
      }
    }
    userErrors {
      code
      field
      message
    }
  }
}
`,
    variables: {
      input: {
        projectId: '',
        name: 'intranet-web-01',
        serverType: 'WEB',
        cpu: 2,
        memoryGb: 4,
        storageGb: 40,
        operatingSystem: 'Debian 13',
        justification: 'The intranet needs a server of its own.',
      },
    },
    fill: { 'input.projectId': 'projects' },
  },
  {
    domain: 'provisioning',
    title: 'Approve a request',
    about: 'Names the plan that you have read: if it has changed since, the answer is PLAN_DRIFT. Fill in both.',
    document: `# Both values are in the answer of "A request and its plan".
mutation Approve($input: ApproveServerRequestInput!) {
  approveServerRequest(input: $input) {
    serverRequest {
      id
      status
      decidedAt
    }
    userErrors {
      code
      field
      message
    }
  }
}
`,
    variables: { input: { id: '', planDigest: '', note: null } },
  },
];
