import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useMutationAction } from '~/api/useMutationAction';
import { ActionButton, showToast } from '~/ui';
import { PauseDeployment, ResumeDeployment, type Deployment } from './deploymentQuery';

interface PauseButtonProps {
  deployment: Deployment;
  onDone: () => void;
}

/** Has a run begin nothing new, or go on. Neither needs to be asked twice: each undoes the other. */
export function PauseButton({ deployment, onDone }: PauseButtonProps) {
  const pausing = useMutationAction(PauseDeployment, (data) => data.pauseDeployment);
  const resuming = useMutationAction(ResumeDeployment, (data) => data.resumeDeployment);
  const wanted = deployment.pauseRequestedAt !== null;

  async function send() {
    const payload = await (wanted ? resuming : pausing).run({ input: { id: deployment.id } });
    for (const { message } of payload?.userErrors ?? []) showToast({ color: 'red', message });
    onDone();
  }

  return (
    <ActionButton
      variant="default"
      allowed={deployment.canPause}
      reason="Pausing needs write access to the project."
      loading={pausing.pending || resuming.pending}
      leftSection={wanted ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
      onClick={() => void send()}
    >
      {wanted ? 'Go on' : 'Pause'}
    </ActionButton>
  );
}
