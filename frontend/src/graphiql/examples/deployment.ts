import type { Example } from './example';

export const DEPLOYMENT: readonly Example[] = [
  {
    domain: 'deployment',
    title: 'Latest deployments',
    about: 'What ran lately, how far it got, and on which hosts.',
    document: `query LatestDeployments {
  deployments(first: 10, orderBy: { field: CREATED_AT, direction: DESC }) {
    nodes {
      id
      status
      createdAt
      finishedAt
      progress {
        finished
        planned
        percent
      }
      project {
        name
      }
      script {
        name
      }
      hosts {
        name
        result
        ok
        changed
        failed
      }
    }
  }
}
`,
  },
  {
    domain: 'deployment',
    title: 'What a deployment wrote',
    about: 'The events of a deployment as a list: the same ones that the subscription tells.',
    document: `query DeploymentLog($id: ID!, $after: String) {
  deployment(id: $id) {
    status
    events(first: 100, after: $after, kind: [TASK, LINE]) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        sequence
        at
        host
        taskName
        taskStatus
        text
      }
    }
  }
}
`,
    variables: { id: '', after: null },
    fill: { id: 'deployments' },
  },
  {
    domain: 'deployment',
    title: 'Follow a deployment live',
    about: 'Tells what happened, then what happens. Give the last cursor as $after to go on without loss or repetition.',
    document: `subscription FollowDeployment($deploymentId: ID!, $after: String) {
  deploymentProgress(deploymentId: $deploymentId, after: $after) {
    cursor
    status
    progress {
      finished
      planned
      percent
    }
    events {
      sequence
      kind
      at
      host
      taskName
      taskStatus
      text
    }
  }
}
`,
    variables: { deploymentId: '', after: null },
    fill: { deploymentId: 'deployments' },
  },
];
