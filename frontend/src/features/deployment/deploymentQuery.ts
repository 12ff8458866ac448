import { graphql, type ResultOf } from '~/gql';

export const DeploymentQuery = graphql(`
  query Deployment($id: ID!) {
    deployment(id: $id) {
      id
      mode
      status
      traceParent
      failureMessage
      cancelRequestedAt
      canCancel
      createdAt
      startedAt
      finishedAt
      eventsArchivedAt
      startedBy {
        id
        name
      }
      project {
        id
        name
      }
      request {
        id
        name
      }
      script {
        id
        name
      }
      scriptRevision {
        id
        number
      }
      progress {
        finished
        planned
        percent
      }
      plan {
        digest
        scriptName
        scriptKind
        scriptRevision
        scriptDigest
        targets {
          name
          address
          type
        }
        variables {
          name
          value
          secret
        }
        monthlyPriceCents
      }
      hosts {
        name
        address
        result
        ok
        changed
        failed
        skipped
        unreachable
        server {
          id
        }
      }
      tasks {
        index
        name
        startedAt
        finishedAt
        hosts {
          host
          status
          startedAt
          finishedAt
        }
      }
    }
  }
`);

export type Deployment = NonNullable<ResultOf<typeof DeploymentQuery>['deployment']>;

export const CancelDeployment = graphql(`
  mutation CancelDeployment($input: CancelDeploymentInput!) {
    cancelDeployment(input: $input) {
      deployment {
        id
        status
        cancelRequestedAt
        canCancel
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);
