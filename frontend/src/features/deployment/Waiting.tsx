import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCalendarTime, IconClock } from '@tabler/icons-react';
import { useState } from 'react';
import type { UserError } from '~/api/userErrors';
import { useMutationAction } from '~/api/useMutationAction';
import { Dialog, formatDateTime, FormErrors, formatRelative, TextLink } from '~/ui';
import { RescheduleDeployment, type Deployment } from './deploymentQuery';
import { startInput, startOf } from './start';
import { StartTime } from './StartTime';
import { useStart } from './useStart';

/** What a deployment that has not begun waits for. */
export function Waiting({ deployment, now }: { deployment: Deployment; now: number }) {
  const { waitsFor, beginsAt, runAfter, outsideWindows } = deployment;
  const [opened, dialog] = useDisclosure(false);
  if (!waitsFor && !beginsAt) return null;
  return (
    <Alert color="gray" icon={beginsAt ? <IconCalendarTime size={18} aria-hidden /> : <IconClock size={18} aria-hidden />}>
      <Stack gap="xs" align="flex-start">
        {beginsAt && (
          <Text size="sm">
            It begins on {formatDateTime(beginsAt)}, {formatRelative(beginsAt, now)}, at the earliest
            {!outsideWindows && beginsAt !== runAfter ? ': then a maintenance window of the project opens' : ''}.
          </Text>
        )}
        {waitsFor && !beginsAt && (
          <Text size="sm">
            It waits for{' '}
            <TextLink to="/deployments/$id" params={{ id: waitsFor.id }}>
              {waitsFor.plan.scriptName ?? 'another run'}
            </TextLink>{' '}
            on one of its servers: on a server one runs at a time.
          </Text>
        )}
        {beginsAt && deployment.canReschedule && (
          <Button size="compact-sm" variant="default" onClick={dialog.open}>
            Change the time
          </Button>
        )}
      </Stack>
      {opened && <RescheduleDialog deployment={deployment} onClose={dialog.close} />}
    </Alert>
  );
}

function RescheduleDialog({ deployment, onClose }: { deployment: Deployment; onClose: () => void }) {
  const { id, project, runAfter, outsideWindows } = deployment;
  const { start, field, check } = useStart(startOf(runAfter, outsideWindows));
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  const { run, pending } = useMutationAction(RescheduleDeployment, (data) => data.rescheduleDeployment);

  async function send() {
    if (!check()) return;
    const payload = await run({ input: { id, ...startInput(start) } });
    if (!payload) return;
    setErrors(payload.userErrors);
    if (payload.deployment) onClose();
  }

  return (
    <Dialog opened onClose={onClose} title="When does it begin?" size="md">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <Stack gap="md">
          <FormErrors messages={errors.map(({ message }) => message)} />
          <StartTime
            {...field}
            opening={project.maintenanceOpening}
            mayGoAround={project.viewerAccess === 'ADMIN'}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} disabled={pending}>
              Back
            </Button>
            <Button type="submit" loading={pending}>
              Change the time
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
