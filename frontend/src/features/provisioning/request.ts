import { graphql, type ResultOf } from '~/gql';

/** A plan as its approver reads it. The content of the script is for those who may deploy. */
export const PlanFields = graphql(`
  fragment PlanFields on Plan @_unmask {
    digest
    complete
    missing
    scriptName
    scriptKind
    scriptRevision
    scriptDigest
    requiresRoot
    scriptContent @include(if: $canReadContent)
    files {
      path
      digest
    }
    scriptFiles @include(if: $canReadContent) {
      path
      content
    }
    targets {
      name
      address
      port
      user
      type
    }
    variables {
      name
      value
      secret
    }
    monthlyPriceCents
    canonicalJson
  }
`);

const RequestDeployment = graphql(`
  fragment RequestDeployment on Deployment @_unmask {
    id
    status
    failureMessage
    createdAt
    startedAt
    finishedAt
    startedBy {
      id
      name
    }
    progress {
      finished
      planned
      percent
    }
  }
`);

export const RequestQuery = graphql(
  `
    query ServerRequest($id: ID!, $canReadContent: Boolean!) {
      serverRequest(id: $id) {
        id
        name
        serverType
        cpu
        memoryGb
        storageGb
        operatingSystem
        applicationType
        priority
        expectedUsage
        justification
        variables
        status
        decidedAt
        decisionNote
        createdAt
        updatedAt
        decidedBy {
          id
          name
        }
        requester {
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
          tenant {
            id
            name
          }
        }
        script {
          id
        }
        targetServer {
          id
          name
        }
        plan {
          ...PlanFields
        }
        approvedPlan {
          ...PlanFields
        }
        history {
          id
          action
          at
          note
          actor {
            id
            name
          }
        }
        deployments {
          ...RequestDeployment
        }
        previews {
          ...RequestDeployment
        }
        actions {
          name
          allowed
          reason
        }
      }
    }
  `,
  [PlanFields, RequestDeployment],
);

export type ServerRequest = NonNullable<ResultOf<typeof RequestQuery>['serverRequest']>;
export type Plan = ServerRequest['plan'];
export type RequestDeployment = ServerRequest['deployments'][number];
export type ActionName = ServerRequest['actions'][number]['name'];
