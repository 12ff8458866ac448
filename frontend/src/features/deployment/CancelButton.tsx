import { Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlayerStop } from '@tabler/icons-react';
import { useMutationAction } from '~/api/useMutationAction';
import { ActionButton, ConfirmDialog, showToast } from '~/ui';
import { CancelDeployment, type Deployment } from './deploymentQuery';

interface CancelButtonProps {
  deployment: Deployment;
  title: string;
  onDone: () => void;
}

export function CancelButton({ deployment, title, onDone }: CancelButtonProps) {
  const [opened, dialog] = useDisclosure(false);
  const { run } = useMutationAction(CancelDeployment, (data) => data.cancelDeployment);

  async function cancel() {
    const payload = await run({ input: { id: deployment.id } });
    if (!payload) return false;
    for (const { message } of payload.userErrors) showToast({ color: 'red', message });
    onDone();
    return true;
  }

  const reason = deployment.cancelRequestedAt
    ? 'Somebody has cancelled it already: it stops as soon as it can.'
    : 'Cancelling needs write access to the project.';
  return (
    <>
      <ActionButton
        variant="default"
        allowed={deployment.canCancel && !deployment.cancelRequestedAt}
        reason={reason}
        leftSection={<IconPlayerStop size={16} aria-hidden />}
        onClick={dialog.open}
      >
        Cancel deployment
      </ActionButton>
      <ConfirmDialog
        opened={opened}
        onClose={dialog.close}
        title="Cancel this deployment?"
        confirmLabel="Cancel deployment"
        tone="danger"
        onConfirm={cancel}
      >
        <Text size="sm">
          {title} stops on every server. What it has changed so far stays changed, and a task that is cut off may leave a
          server half configured.
        </Text>
      </ConfirmDialog>
    </>
  );
}
