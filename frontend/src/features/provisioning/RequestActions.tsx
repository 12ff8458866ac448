import { useNavigate } from '@tanstack/react-router';
import { IconBan, IconCheck, IconEye, IconPencil, IconRocket, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import type { UserError } from '~/api/userErrors';
import { useViewer, type Viewer } from '~/app/viewer';
import { startInput } from '~/features/deployment/start';
import type { Scalar } from '~/gql';
import { ActionButton, ButtonLink, showToast } from '~/ui';
import { ApproveDialog, CancelDialog, DeployDialog, RejectDialog } from './dialogs';
import type { ActionName, Plan, ServerRequest } from './request';
import { useRequestMutations } from './useRequestMutations';

interface RequestActionsProps {
  request: ServerRequest;
  /** Reads the request again: after each decision, and when somebody else was faster. */
  refetch: () => void;
}

/** What each state is waiting for; anything else shows only where it is allowed. */
const EXPECTED: Record<Scalar<'RequestStatus'>, readonly ActionName[]> = {
  PENDING: ['CANCEL', 'EDIT', 'PREVIEW', 'REJECT', 'APPROVE'],
  APPROVED: ['PREVIEW', 'DEPLOY'],
  REJECTED: [],
  DEPLOYING: [],
  DEPLOYED: [],
  FAILED: ['DEPLOY'],
  CANCELLED: [],
};

/** What a role never has is not shown at all. */
function everHas(viewer: Viewer, name: ActionName, isRequester: boolean): boolean {
  switch (name) {
    case 'APPROVE':
    case 'REJECT':
      return viewer.can('APPROVE_REQUESTS');
    case 'DEPLOY':
    case 'PREVIEW':
      return viewer.can('MANAGE_DEPLOYMENTS');
    case 'CANCEL':
      return isRequester;
    case 'EDIT':
      return isRequester || viewer.can('APPROVE_REQUESTS') || viewer.can('MANAGE_DEPLOYMENTS');
  }
}

/** What the viewer may do, but the plan does not allow: the server would refuse it with the same words. */
function obstacleTo(action: ActionName, { plan, approvedPlan }: ServerRequest): string | null {
  if ((action === 'APPROVE' || action === 'PREVIEW') && plan.digest === null) return `The plan still needs ${plan.missing.join(', ')}.`;
  if (action === 'DEPLOY' && approvedPlan && approvedPlan.digest !== plan.digest) {
    return 'What would run now is not what was approved.';
  }
  if (action === 'PREVIEW' && plan.scriptKind === 'SSH') {
    return 'Commands over SSH cannot be previewed: a shell does what it is told, or nothing.';
  }
  return null;
}

/** What opens a dialog. */
type Asked = Exclude<ActionName, 'EDIT' | 'PREVIEW'>;
type Open = { action: Asked; plan: Plan } | null;

export function RequestActions({ request, refetch }: RequestActionsProps) {
  const viewer = useViewer();
  const navigate = useNavigate();
  const mutations = useRequestMutations();
  // With the plan as it was when the dialog opened: what is decided on is what was read.
  const [open, setOpen] = useState<Open>(null);
  const { id, name, status, requester } = request;

  const find = (action: ActionName) => {
    const found = request.actions.find((one) => one.name === action);
    const obstacle = found?.allowed ? obstacleTo(action, request) : null;
    const state = found && obstacle ? { ...found, allowed: false, reason: obstacle } : found;
    const expected = EXPECTED[status].includes(action) && everHas(viewer, action, requester.id === viewer.user.id);
    return state && (found?.allowed || expected) ? state : undefined;
  };
  const edit = find('EDIT');
  const preview = find('PREVIEW');
  const button = (action: Asked) => {
    const state = find(action);
    return state && { allowed: state.allowed, reason: state.reason, onClick: () => setOpen({ action, plan: request.plan }) };
  };
  const cancel = button('CANCEL');
  const reject = button('REJECT');
  const approve = button('APPROVE');
  const deploy = button('DEPLOY');

  /** Tells how it went; answers the errors, null when no answer came. */
  function settle(payload: { userErrors: readonly UserError[] } | null, title: string, message: string) {
    if (!payload) return null;
    if (payload.userErrors.length === 0) showToast({ color: 'green', title, message });
    refetch();
    return payload.userErrors;
  }

  async function look() {
    const payload = await mutations.preview({ input: { id } });
    if (!payload) return;
    for (const { message } of payload.userErrors) showToast({ color: 'red', message });
    if (payload.deployment) await navigate({ to: '/deployments/$id', params: { id: payload.deployment.id } });
    else refetch();
  }

  const dialog = { request, onClose: () => setOpen(null) };
  return (
    <>
      {cancel && (
        <ActionButton variant="default" leftSection={<IconBan size={16} aria-hidden />} {...cancel}>
          Cancel request
        </ActionButton>
      )}
      {edit?.allowed && (
        <ButtonLink
          to="/requests/$id/edit"
          params={{ id }}
          variant="default"
          leftSection={<IconPencil size={16} aria-hidden />}
        >
          Edit
        </ButtonLink>
      )}
      {edit && !edit.allowed && (
        <ActionButton allowed={false} reason={edit.reason} leftSection={<IconPencil size={16} aria-hidden />}>
          Edit
        </ActionButton>
      )}
      {preview && (
        <ActionButton
          variant="default"
          leftSection={<IconEye size={16} aria-hidden />}
          allowed={preview.allowed}
          reason={preview.reason}
          loading={mutations.previewing}
          onClick={() => void look()}
        >
          Preview
        </ActionButton>
      )}
      {reject && (
        <ActionButton variant="default" leftSection={<IconX size={16} aria-hidden />} {...reject}>
          Reject
        </ActionButton>
      )}
      {approve && (
        <ActionButton leftSection={<IconCheck size={16} aria-hidden />} {...approve}>
          Approve
        </ActionButton>
      )}
      {deploy && (
        <ActionButton leftSection={<IconRocket size={16} aria-hidden />} {...deploy}>
          {status === 'FAILED' ? 'Deploy again' : 'Deploy'}
        </ActionButton>
      )}

      {open?.action === 'APPROVE' && (
        <ApproveDialog
          {...dialog}
          plan={open.plan}
          onConfirm={async (note) =>
            settle(
              await mutations.approve({ input: { id, planDigest: open.plan.digest ?? '', note: note || null } }),
              'Approved',
              `${name} may be deployed now.`,
            )
          }
        />
      )}
      {open?.action === 'REJECT' && (
        <RejectDialog
          {...dialog}
          onConfirm={async (reason) =>
            settle(await mutations.reject({ input: { id, reason } }), 'Rejected', `${requester.name} is told why.`)
          }
        />
      )}
      {open?.action === 'CANCEL' && (
        <CancelDialog
          {...dialog}
          onConfirm={async () =>
            settle(await mutations.cancel({ input: { id } }), 'Cancelled', `${name} is no longer asked for.`)
          }
        />
      )}
      {open?.action === 'DEPLOY' && (
        <DeployDialog
          {...dialog}
          onConfirm={async (start) => {
            const payload = await mutations.deploy({ input: { id, ...startInput(start) } });
            if (payload?.deployment && payload.userErrors.length === 0) {
              await navigate({ to: '/deployments/$id', params: { id: payload.deployment.id } });
              return payload.userErrors;
            }
            if (payload) refetch();
            return payload?.userErrors ?? null;
          }}
        />
      )}
    </>
  );
}
