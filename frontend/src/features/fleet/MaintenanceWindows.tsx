import '~/ui/theme/mantine-more.css';
import { ActionIcon, Button, Chip, Fieldset, Group, Input, Select, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react';
import { useMemo, useState, type ReactNode } from 'react';
import { useMutationAction } from '~/api/useMutationAction';
import { sortUserErrors } from '~/api/userErrors';
import { timezones } from '~/features/inventory/siteForm';
import { graphql } from '~/gql';
import { ActionButton, Dialog, EmptyState, formatDateTime, formatDuration, FormErrors, formatRelative, Section, showToast } from '~/ui';
import { useNow } from '~/ui/useNow';
import { MaintenanceFields, type Project } from './projectQuery';
import { DAYS, formatDays, newWindow, validateWindows, windowInput, windowValues, type Day, type WindowValues } from './windowForm';

const SetMaintenanceWindows = graphql(
  `
    mutation SetMaintenanceWindows($input: SetMaintenanceWindowsInput!) {
      setMaintenanceWindows(input: $input) {
        project {
          id
          ...MaintenanceFields
        }
        userErrors {
          code
          field
          message
        }
      }
    }
  `,
  [MaintenanceFields],
);

const WINDOWS_MOST = 20;

/** When deployments on a project's servers may begin. */
export function MaintenanceWindows({ project, mayEdit }: { project: Project; mayEdit: boolean }) {
  const [opened, dialog] = useDisclosure(false);
  const { maintenanceWindows: windows } = project;
  return (
    <Section
      title="Maintenance windows"
      description="When deployments on these servers may begin. What has begun goes on when a window ends."
      actions={
        <ActionButton
          variant="default"
          size="xs"
          allowed={mayEdit}
          reason="Changing the windows needs admin access to the project."
          leftSection={<IconPencil size={15} aria-hidden />}
          onClick={dialog.open}
        >
          Change
        </ActionButton>
      }
    >
      {windows.length === 0 ? (
        <Text size="sm">None: deployments begin at any time.</Text>
      ) : (
        <Stack gap="xs">
          <Next project={project} />
          <ul style={{ margin: 0, paddingInlineStart: 20 }}>
            {windows.map(({ days, opensAt, minutes, timeZone }, index) => (
              <li key={index}>
                <Text size="sm" span>
                  {formatDays(days)}, {opensAt} for {formatDuration(minutes * 60_000)}{' '}
                  <Text span c="dimmed" inherit>
                    {timeZone}
                  </Text>
                </Text>
              </li>
            ))}
          </ul>
        </Stack>
      )}
      {opened && <WindowsDialog project={project} onClose={dialog.close} />}
    </Section>
  );
}

function Next({ project: { maintenanceOpening: opening } }: { project: Project }) {
  const now = useNow(true);
  if (!opening) return null;
  const isOpen = new Date(opening.opensAt).getTime() <= now;
  const time = isOpen ? opening.closesAt : opening.opensAt;
  return (
    <Text size="sm" fw={500}>
      {isOpen ? 'Open until' : 'Opens on'} {formatDateTime(time)}, {formatRelative(time, now)}
    </Text>
  );
}

function WindowsDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const { run, pending } = useMutationAction(SetMaintenanceWindows, (data) => data.setMaintenanceWindows);
  const [general, setGeneral] = useState<string[]>([]);
  const kept = project.maintenanceWindows.map(windowValues);
  const form = useForm<{ windows: WindowValues[] }>({
    mode: 'controlled',
    initialValues: { windows: kept.length > 0 ? kept : [newWindow()] },
    validate: validateWindows,
  });
  const { windows } = form.getValues();

  async function send(values: { windows: WindowValues[] }) {
    const payload = await run({ input: { projectId: project.id, windows: values.windows.map(windowInput) } });
    if (!payload) return;
    if (payload.userErrors.length === 0) {
      showToast({ color: 'green', message: 'The maintenance windows are saved.' });
      onClose();
      return;
    }
    const told = payload.userErrors.map((error) => ({
      ...error,
      field: error.field?.map((part) => (part === 'minutes' ? 'hours' : part)) ?? null,
    }));
    const known = values.windows.flatMap((window, index) => Object.keys(window).map((name) => `windows.${index}.${name}`));
    const sorted = sortUserErrors(told, known);
    form.setErrors(sorted.fields);
    setGeneral(sorted.general);
  }

  return (
    <Dialog opened onClose={onClose} title={`Maintenance windows of ${project.name}`} size="lg">
      <form noValidate onSubmit={form.onSubmit((values) => void send(values))}>
        <Stack gap="md">
          <FormErrors messages={general} />
          {windows.length === 0 && <EmptyState title="No windows">Deployments begin at any time.</EmptyState>}
          {windows.map((window, index) => (
            <WindowFields
              key={form.key(`windows.${index}`)}
              index={index}
              value={window}
              input={(name) => form.getInputProps(`windows.${index}.${name}`) as { error?: ReactNode }}
              onDays={(days) => form.setFieldValue(`windows.${index}.days`, days)}
              onRemove={() => form.removeListItem('windows', index)}
            />
          ))}
          <Group justify="space-between" gap="xs">
            <Button
              variant="default"
              disabled={windows.length >= WINDOWS_MOST}
              leftSection={<IconPlus size={16} aria-hidden />}
              onClick={() => form.insertListItem('windows', newWindow())}
            >
              Add a window
            </Button>
            <Group gap="xs">
              <Button variant="default" onClick={onClose} disabled={pending}>
                Back
              </Button>
              <Button type="submit" loading={pending}>
                Save
              </Button>
            </Group>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

interface WindowFieldsProps {
  index: number;
  value: WindowValues;
  input: (name: keyof WindowValues) => { error?: ReactNode };
  onDays: (days: Day[]) => void;
  onRemove: () => void;
}

function WindowFields({ index, value, input, onDays, onRemove }: WindowFieldsProps) {
  const zones = useMemo(() => timezones(value.timeZone), [value.timeZone]);
  const wrongDays = input('days').error;
  return (
    <Fieldset legend={`Window ${index + 1}`}>
      <Stack gap="sm">
        <Input.Wrapper label="Opens on" error={wrongDays} component="div">
          <Chip.Group multiple value={value.days} onChange={(days) => onDays(days as Day[])}>
            <Group gap={6} mt={4} role="group" aria-label={`Days of window ${index + 1}`}>
              {DAYS.map((day) => (
                <Chip key={day.value} value={day.value} size="sm">
                  {day.label}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        </Input.Wrapper>
        <Group align="flex-start" gap="sm" wrap="wrap">
          <TextInput type="time" label="At" w={120} required {...input('opensAt')} />
          <TextInput label="For hours" inputMode="decimal" w={100} required {...input('hours')} />
          <Select
            label="Time zone"
            flex="1 1 180px"
            required
            searchable
            allowDeselect={false}
            limit={60}
            nothingFoundMessage="No such time zone"
            data={zones}
            {...input('timeZone')}
          />
          <ActionIcon
            variant="default"
            size="lg"
            mt={25}
            aria-label={`Remove window ${index + 1}`}
            onClick={onRemove}
          >
            <IconTrash size={16} aria-hidden />
          </ActionIcon>
        </Group>
      </Stack>
    </Fieldset>
  );
}
