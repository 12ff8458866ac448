import { graphql, type ResultOf } from '~/gql';

/** A revision; what it holds is for those who deploy. */
export const RevisionFields = graphql(`
  fragment RevisionFields on ScriptRevision @_unmask {
    id
    number
    digest
    createdAt
    content @include(if: $canReadContent)
    files @include(if: $canReadContent) {
      path
      content
    }
    author {
      id
      name
    }
    variables {
      name
      type
      label
      description
      required
      default
      choices
    }
  }
`);

export const ScriptQuery = graphql(
  `
    query Script($id: ID!, $canReadContent: Boolean!) {
      node(id: $id) {
        __typename
        id
        ... on Script {
          name
          description
          kind
          requiresRoot
          createdAt
          updatedAt
          currentRevision {
            id
            number
          }
          revisions {
            ...RevisionFields
          }
        }
      }
    }
  `,
  [RevisionFields],
);

type Found = NonNullable<ResultOf<typeof ScriptQuery>['node']>;
export type Script = Extract<Found, { __typename: 'Script' }>;
export type Revision = Script['revisions'][number];

export const asScript = (data: ResultOf<typeof ScriptQuery> | undefined): Script | null =>
  data?.node?.__typename === 'Script' ? data.node : null;

/** The revision that a new plan takes. */
export const newest = (script: Script): Revision | undefined =>
  script.revisions.find(({ number }) => number === script.currentRevision.number);

export const languageOf = (kind: Script['kind']) => (kind === 'ANSIBLE' ? 'yaml' : 'shell');

export const languageOfFile = (path: string) => (/\.ya?ml$/.test(path) ? 'yaml' : 'shell');

export const kindLabel = (kind: Script['kind']) => (kind === 'ANSIBLE' ? 'Ansible playbook' : 'Commands over SSH');
