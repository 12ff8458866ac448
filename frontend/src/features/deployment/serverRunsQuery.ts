import { graphql, type ResultOf } from '~/gql';

/** So many runs are in the strip. */
export const STRIP = 30;

export const ServerRunsQuery = graphql(`
  query ServerRuns($id: ID!, $first: Int!) {
    node(id: $id) {
      __typename
      id
      ... on Server {
        runStatistics {
          days
          total
          succeeded
          failed
          unreachable
          unknown
          cancelled
          notRun
          successRate
          lastSuccessAt
          lastRunAt
          medianDurationMs
          p95DurationMs
          isFlaky
        }
        runs(first: $first) {
          nodes {
            id
            outcome
            durationMs
            recordedAt
            deployment {
              id
            }
            script {
              id
              name
            }
          }
        }
      }
    }
  }
`);

type ServerNode = Extract<NonNullable<ResultOf<typeof ServerRunsQuery>['node']>, { __typename: 'Server' }>;

export type ServerRun = ServerNode['runs']['nodes'][number];
export type RunStatistics = ServerNode['runStatistics'];
