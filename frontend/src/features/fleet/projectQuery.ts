import { graphql, type ResultOf } from '~/gql';

/** When deployments on a project's servers may begin. */
export const MaintenanceFields = graphql(`
  fragment MaintenanceFields on Project @_unmask {
    maintenanceWindows {
      days
      opensAt
      minutes
      timeZone
    }
    maintenanceOpening {
      opensAt
      closesAt
    }
  }
`);

export const ProjectQuery = graphql(
  `
    query Project($id: ID!, $canManageServers: Boolean!, $canManageProjects: Boolean!) {
      node(id: $id) {
        __typename
        id
        ... on Project {
          name
          description
          maxServers
          serverCount
          monthlyBudgetCents
          monthlyCostCents
          overBudget
          canAddServer
          viewerAccess
          ...MaintenanceFields
          createdAt
          updatedAt
          tenant {
            id
            name
          }
          ssh @include(if: $canManageServers) {
            user
            port
            hasPrivateKey
            hasPassphrase
            publicKey
            testedAt
            testStatus
            testMessage
          }
          access @include(if: $canManageProjects) {
            level
            createdAt
            user {
              id
              name
            }
            grantedBy {
              id
              name
            }
          }
        }
      }
    }
  `,
  [MaintenanceFields],
);

type Found = NonNullable<ResultOf<typeof ProjectQuery>['node']>;
export type Project = Extract<Found, { __typename: 'Project' }>;
export type Ssh = NonNullable<Project['ssh']>;

export const asProject = (data: ResultOf<typeof ProjectQuery> | undefined): Project | null =>
  data?.node?.__typename === 'Project' ? data.node : null;
