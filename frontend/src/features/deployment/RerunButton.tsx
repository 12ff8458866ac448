import '~/ui/theme/mantine-more.css';
import { Alert, Button, Group, Radio, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconHelpCircle, IconRepeat } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { sortUserErrors, type UserError } from '~/api/userErrors';
import { useMutationAction } from '~/api/useMutationAction';
import { ActionButton, Dialog, formatCount, FormErrors, SecretInput } from '~/ui';
import { RerunDeployment, type Deployment } from './deploymentQuery';
import { startInput, waitsUntil } from './start';
import { StartTime } from './StartTime';
import { useStart } from './useStart';

interface RerunButtonProps {
  deployment: Deployment;
  title: string;
}

/** Runs what has ended again: nothing does that by itself. */
export function RerunButton({ deployment, title }: RerunButtonProps) {
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <ActionButton
        variant="default"
        allowed={deployment.canRerun}
        reason={refusal(deployment)}
        leftSection={<IconRepeat size={16} aria-hidden />}
        onClick={dialog.open}
      >
        Run again
      </ActionButton>
      {opened && <RerunDialog deployment={deployment} title={title} onClose={dialog.close} />}
    </>
  );
}

function refusal({ request, status }: Deployment) {
  if (!request) return 'Running again needs admin access to the project.';
  if (status === 'COMPLETED') return 'What was approved has been deployed. File another request to deploy it once more.';
  return 'Running again needs write access to the project.';
}

function RerunDialog({ deployment, title, onClose }: RerunButtonProps & { onClose: () => void }) {
  const { hosts, request, plan, project } = deployment;
  const left = hosts.filter(({ result }) => result !== 'OK');
  const isChoice = left.length > 0 && left.length < hosts.length && !request;
  const [onlyLeft, setOnlyLeft] = useState(isChoice);
  const [values, setValues] = useState<Record<string, string>>({});
  const { start, field: startField, check: checkStart } = useStart();
  const [errors, setErrors] = useState<readonly UserError[]>([]);
  const navigate = useNavigate();
  const { run, pending } = useMutationAction(RerunDeployment, (data) => data.rerunDeployment);
  // A request keeps its secrets, a run without one does not.
  const secrets = request ? [] : plan.variables.filter(({ secret }) => secret).map(({ name }) => name);
  const sorted = sortUserErrors(errors, secrets.map((name) => `secrets.${name}`));

  async function send() {
    if (!checkStart()) return;
    const payload = await run({
      input: {
        deploymentId: deployment.id,
        hosts: onlyLeft ? 'NOT_OK' : 'ALL',
        knownReruns: deployment.reruns.length,
        ...startInput(start),
        secrets: secrets.length > 0 ? values : null,
      },
    });
    if (!payload) return;
    if (!payload.deployment) {
      setErrors(payload.userErrors);
      return;
    }
    onClose();
    void navigate({ to: '/deployments/$id', params: { id: payload.deployment.id } });
  }

  const count = formatCount(onlyLeft ? left.length : hosts.length, 'host');
  const waits = waitsUntil(start, project.maintenanceOpening, Date.now()) !== null;
  return (
    <Dialog opened onClose={onClose} title={`Run ${title} again?`} size="md">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <Stack gap="md">
          <FormErrors messages={sorted.general} />
          <Unknown deployment={deployment} left={left.map(({ name }) => name)} />
          <Text size="sm">
            Exactly the same plan runs, recorded under your name and linked to this run. If the script, a target or the
            price has changed since, nothing runs.
          </Text>
          {isChoice && (
            <Radio.Group
              label="Where"
              value={onlyLeft ? 'left' : 'all'}
              onChange={(chosen) => setOnlyLeft(chosen === 'left')}
            >
              <Stack gap="xs" mt="xs">
                <Radio
                  value="left"
                  label={`On the ${formatCount(left.length, 'host')} that did not finish`}
                  description={names(left.map(({ name }) => name))}
                />
                <Radio value="all" label={`On all ${formatCount(hosts.length, 'host')}`} />
              </Stack>
            </Radio.Group>
          )}
          {secrets.map((name) => (
            <SecretInput
              key={name}
              label={name}
              description="The same as before: it was not kept."
              required
              value={values[name] ?? ''}
              onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
              error={sorted.fields[`secrets.${name}`]}
            />
          ))}
          <StartTime
            {...startField}
            opening={project.maintenanceOpening}
            mayGoAround={project.viewerAccess === 'ADMIN'}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} disabled={pending}>
              Back
            </Button>
            <Button type="submit" loading={pending} leftSection={<IconRepeat size={16} aria-hidden />}>
              {waits ? 'Schedule on' : 'Run again on'} {onlyLeft ? `the ${count} that did not finish` : count}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

/** What running again does on top of what nobody knows. */
function Unknown({ deployment, left }: { deployment: Deployment; left: readonly string[] }) {
  if (deployment.status !== 'UNKNOWN' && deployment.status !== 'CANCELLED') return null;
  return (
    <Alert
      color="orange"
      icon={<IconHelpCircle size={18} aria-hidden />}
      title={deployment.status === 'UNKNOWN' ? 'Nobody knows what the first run did' : 'The first run was cut off'}
    >
      {left.length === 0 ? 'Every host' : names(left)} may have done all of it, a part, or nothing
      {deployment.status === 'UNKNOWN' ? ', and something of it may still be at work there' : ''}. Look there first: what is
      not made to be done twice would be done twice.
    </Alert>
  );
}

const NAMED = 5;

function names(all: readonly string[]) {
  const shown = all.slice(0, NAMED).join(', ');
  return all.length > NAMED ? `${shown} and ${all.length - NAMED} more` : shown;
}
