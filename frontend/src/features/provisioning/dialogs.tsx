import { Alert, Stack, Text, Textarea } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { UserError } from '~/api/userErrors';
import { waitsUntil, type Start } from '~/features/deployment/start';
import { StartTime } from '~/features/deployment/StartTime';
import { useStart } from '~/features/deployment/useStart';
import { ConfirmDialog, CopyableCode, FormErrors, KeyValueList, Money } from '~/ui';
import { formatAddress } from './planDifference';
import type { Plan, ServerRequest } from './request';
import { countCharacters } from './requestValues';

const NOTE_MOST = 1000;

/** What the server found wrong; null when no answer came (a toast says so then). */
type Outcome = Promise<readonly UserError[] | null>;

interface DecisionProps {
  request: ServerRequest;
  onClose: () => void;
}

/** Runs the decision, keeps the dialog open while there is something to read, and shows it. */
function useDecision(decide: () => Outcome) {
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  async function confirm() {
    const found = await decide();
    setErrors(found ?? []);
    return found?.length === 0;
  }
  return { confirm, errors: errors.map(({ message }) => message) };
}

const tooLong = (text: string) =>
  countCharacters(text) > NOTE_MOST ? `At most ${NOTE_MOST.toLocaleString('en')} characters.` : null;

/** Which script on which hosts: said once more where it is decided. */
function Restated({ plan }: { plan: Plan }) {
  return (
    <KeyValueList
      entries={[
        ['Runs', plan.scriptName && `${plan.scriptName}, revision ${plan.scriptRevision ?? '–'}`],
        ['On', plan.targets.map((target) => `${target.name} (${formatAddress(target)})`).join(', ')],
        ['Price', <Money key="price" cents={plan.monthlyPriceCents} per="/ month" />],
        ['Digest of the plan', plan.digest && <CopyableCode key="digest" value={plan.digest} label="plan digest" />],
      ]}
    />
  );
}

interface ApproveDialogProps extends DecisionProps {
  /** As it was read. */
  plan: Plan;
  onConfirm: (note: string) => Outcome;
}

export function ApproveDialog({ request, plan, onClose, onConfirm }: ApproveDialogProps) {
  const [note, setNote] = useState('');
  const { confirm, errors } = useDecision(() => onConfirm(note.trim()));
  const moved = request.plan.digest !== plan.digest;
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={`Approve ${request.name}?`}
      confirmLabel="Approve this plan"
      confirmDisabled={moved || tooLong(note) !== null}
      onConfirm={confirm}
    >
      <Stack>
        {/* Once the new plan is here, the warning below says the same. */}
        <FormErrors messages={moved ? [] : errors} />
        {moved && (
          <Alert color="orange" role="alert" title="The plan has changed meanwhile">
            Go back and read it again: you would approve something else than you read.
          </Alert>
        )}
        <Text size="sm">You approve exactly this. Anything else would need another decision.</Text>
        <Restated plan={plan} />
        <NoteField label="Note" description="Optional; everybody who sees the request can read it." value={note} onChange={setNote} />
      </Stack>
    </ConfirmDialog>
  );
}

interface RejectDialogProps extends DecisionProps {
  onConfirm: (reason: string) => Outcome;
}

export function RejectDialog({ request, onClose, onConfirm }: RejectDialogProps) {
  const [reason, setReason] = useState('');
  const { confirm, errors } = useDecision(() => onConfirm(reason.trim()));
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={`Reject ${request.name}?`}
      confirmLabel="Reject request"
      tone="danger"
      confirmDisabled={reason.trim() === '' || tooLong(reason) !== null}
      onConfirm={confirm}
    >
      <Stack>
        <FormErrors messages={errors} />
        <Text size="sm">{request.requester.name} is told, with your reason. A rejected request stays rejected.</Text>
        <NoteField label="Reason" required value={reason} onChange={setReason} />
      </Stack>
    </ConfirmDialog>
  );
}

interface PlainDialogProps extends DecisionProps {
  onConfirm: () => Outcome;
}

export function CancelDialog({ request, onClose, onConfirm }: PlainDialogProps) {
  const { confirm, errors } = useDecision(onConfirm);
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={`Cancel ${request.name}?`}
      confirmLabel="Cancel request"
      tone="danger"
      onConfirm={confirm}
    >
      <Stack>
        <FormErrors messages={errors} />
        <Text size="sm">It is no longer decided on. To ask again, file a new request.</Text>
      </Stack>
    </ConfirmDialog>
  );
}

interface DeployDialogProps extends DecisionProps {
  onConfirm: (start: Start) => Outcome;
}

export function DeployDialog({ request, onClose, onConfirm }: DeployDialogProps) {
  const { start, field, check } = useStart();
  const { confirm, errors } = useDecision(() => onConfirm(start));
  const plan = request.approvedPlan ?? request.plan;
  const opening = request.project?.maintenanceOpening ?? null;
  const waits = waitsUntil(start, opening, Date.now()) !== null;
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={`Deploy ${request.name}?`}
      confirmLabel={waits ? 'Schedule' : 'Deploy now'}
      onConfirm={() => check() && confirm()}
    >
      <Stack>
        <FormErrors messages={errors} />
        <StartTime
          {...field}
          opening={opening}
          mayGoAround={request.project?.viewerAccess === 'ADMIN'}
        />
        <Text size="sm">
          {waits ? 'Until then you can change the time or cancel it.' : 'It starts at once. You can watch it live, and cancel it.'}
        </Text>
        <Restated plan={plan} />
      </Stack>
    </ConfirmDialog>
  );
}

interface NoteFieldProps {
  label: string;
  description?: ReactNode;
  required?: boolean;
  value: string;
  onChange: (value: string) => void;
}

function NoteField({ label, description, required, value, onChange }: NoteFieldProps) {
  return (
    <Textarea
      size="sm"
      label={label}
      description={description}
      withAsterisk={required}
      aria-required={required}
      autosize
      minRows={3}
      maxRows={10}
      data-autofocus
      value={value}
      error={tooLong(value)}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}
