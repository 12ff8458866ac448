import { useMutationAction } from '~/api/useMutationAction';
import { graphql } from '~/gql';

const MarkNotificationsRead = graphql(`
  mutation MarkNotificationsRead($input: MarkNotificationsReadInput!) {
    markNotificationsRead(input: $input) {
      unreadCount
      userErrors {
        code
        field
        message
      }
    }
  }
`);

/** Marks some as read; all without `ids`. */
export function useMarkRead() {
  const { run, pending } = useMutationAction(MarkNotificationsRead, (data) => data.markNotificationsRead);
  return { markRead: (ids?: string[]) => run({ input: ids ? { ids } : {} }), pending };
}
