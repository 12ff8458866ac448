import '~/ui/theme/mantine-more.css';
import { Code, Stack } from '@mantine/core';
import { useQuery } from 'urql';
import { graphql } from '~/gql';
import { CopyableCode, Dialog, ErrorState, PageSkeleton } from '~/ui';
import type { AccessToken } from './accessTokenList';

const AccessTokenDocuments = graphql(`
  query AccessTokenDocuments($id: ID!) {
    node(id: $id) {
      __typename
      id
      ... on AccessToken {
        documents {
          id
          text
        }
      }
    }
  }
`);

/** What a confined token carries out, each document with the id by which a program may send it. */
export function AccessTokenDocumentsDialog({ token, onClose }: { token: AccessToken; onClose: () => void }) {
  const [{ data, error }, reload] = useQuery({ query: AccessTokenDocuments, variables: { id: token.id } });
  const documents = data?.node?.__typename === 'AccessToken' ? (data.node.documents ?? []) : null;
  return (
    <Dialog opened onClose={onClose} title={`Documents of ${token.name}`} size="xl">
      {error && !documents && <ErrorState error={error} onRetry={() => reload({ requestPolicy: 'network-only' })} />}
      {!error && !documents && <PageSkeleton />}
      <Stack gap="lg">
        {documents?.map(({ id, text }) => (
          <Stack key={id} gap={6}>
            <CopyableCode value={id} label="id of the document" shortenTo={24} />
            <Code block style={{ whiteSpace: 'pre-wrap' }}>
              {text}
            </Code>
          </Stack>
        ))}
      </Stack>
    </Dialog>
  );
}
