import { graphql, type ResultOf } from '~/gql';

export const RequestRow = graphql(`
  fragment DashboardRequest on ServerRequest @_unmask {
    id
    name
    status
    priority
    createdAt
    project {
      id
      name
    }
    requester {
      id
      name
    }
  }
`);

export const DeploymentRow = graphql(`
  fragment DashboardDeployment on Deployment @_unmask {
    id
    status
    createdAt
    failureMessage
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

export const Activity = graphql(`
  fragment DashboardActivity on Viewer @_unmask {
    notifications(first: 6) {
      nodes {
        id
        level
        title
        body
        subjectId
        subjectType
        readAt
        createdAt
      }
    }
  }
`);

export type RequestRowData = ResultOf<typeof RequestRow>;
export type DeploymentRowData = ResultOf<typeof DeploymentRow>;
export type ActivityData = ResultOf<typeof Activity>['notifications']['nodes'];
