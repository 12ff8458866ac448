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
      pauseRequestedAt
      pausedAt
      canCancel
      canPause
      canRerun
      canReschedule
      runAfter
      outsideWindows
      beginsAt
      waitsFor {
        id
        plan {
          scriptName
        }
      }
      rerunOf {
        id
        createdAt
      }
      reruns {
        id
        status
        createdAt
      }
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
        viewerAccess
        maintenanceOpening {
          opensAt
          closesAt
        }
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
        batchSize
        maxFailures
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
          runStatistics {
            medianDurationMs
            isFlaky
          }
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

export const RescheduleDeployment = graphql(`
  mutation RescheduleDeployment($input: RescheduleDeploymentInput!) {
    rescheduleDeployment(input: $input) {
      deployment {
        id
        runAfter
        outsideWindows
        beginsAt
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const RerunDeployment = graphql(`
  mutation RerunDeployment($input: RerunDeploymentInput!) {
    rerunDeployment(input: $input) {
      deployment {
        id
        rerunOf {
          id
          canRerun
          reruns {
            id
            status
            createdAt
          }
        }
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

const PauseFields = graphql(`
  fragment PauseFields on Deployment @_unmask {
    id
    pauseRequestedAt
    pausedAt
  }
`);

export const PauseDeployment = graphql(
  `
    mutation PauseDeployment($input: PauseDeploymentInput!) {
      pauseDeployment(input: $input) {
        deployment {
          ...PauseFields
        }
        userErrors {
          code
          field
          message
        }
      }
    }
  `,
  [PauseFields],
);

export const ResumeDeployment = graphql(
  `
    mutation ResumeDeployment($input: ResumeDeploymentInput!) {
      resumeDeployment(input: $input) {
        deployment {
          ...PauseFields
        }
        userErrors {
          code
          field
          message
        }
      }
    }
  `,
  [PauseFields],
);
