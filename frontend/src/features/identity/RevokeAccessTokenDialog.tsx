import { Text } from '@mantine/core';
import { useMutationAction } from '~/api/useMutationAction';
import { graphql } from '~/gql';
import { ConfirmDialog, showToast } from '~/ui';
import type { AccessToken } from './accessTokenList';

const RevokeAccessToken = graphql(`
  mutation RevokeAccessToken($input: RevokeAccessTokenInput!) {
    revokeAccessToken(input: $input) {
      accessToken {
        id
        revokedAt
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export function RevokeAccessTokenDialog({ token, onClose }: { token: AccessToken; onClose: () => void }) {
  const { run } = useMutationAction(RevokeAccessToken, (data) => data.revokeAccessToken);

  async function revoke() {
    const payload = await run({ input: { id: token.id } });
    if (!payload) return false;
    for (const { message } of payload.userErrors) showToast({ color: 'red', message });
    if (payload.userErrors.length === 0) showToast({ color: 'green', message: `${token.name} is revoked.` });
    return true;
  }

  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={`Revoke ${token.name}?`}
      confirmLabel="Revoke access token"
      tone="danger"
      onConfirm={revoke}
    >
      <Text size="sm">Whatever uses it is refused at once. It cannot be brought back: create another one instead.</Text>
    </ConfirmDialog>
  );
}
