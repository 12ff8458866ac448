import '~/ui/theme/mantine-more.css';
import { Alert, Button, Group, MultiSelect, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDebouncedValue } from '@mantine/hooks';
import { IconAlertTriangle, IconEye, IconPlayerPlay } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useQuery } from 'urql';
import { sortUserErrors } from '~/api/userErrors';
import { useMutationAction } from '~/api/useMutationAction';
import { VariableField } from '~/features/provisioning/VariableField';
import {
  initialVariables,
  missingVariables,
  variableError,
  variablesInput,
} from '~/features/provisioning/variables';
import { graphql } from '~/gql';
import { ActionButton, Dialog, formatCount, FormErrors } from '~/ui';
import { LabelTargets } from './LabelTargets';
import { shareError, shareInput, type RunValues } from './runValues';
import { startInput } from './start';
import { StartTime } from './StartTime';
import { useStart } from './useStart';
import type { Revision, Script } from './scriptQuery';

const RunTargetsQuery = graphql(`
  query RunTargets($search: String) {
    servers(first: 100, where: { search: $search }, orderBy: { field: NAME, direction: ASC }) {
      totalCount
      nodes {
        id
        name
        address
        hostKeyFingerprint
        project {
          id
          name
          viewerAccess
          maintenanceOpening {
            opensAt
            closesAt
          }
        }
      }
    }
  }
`);

const RunScript = graphql(`
  mutation RunScript($input: RunScriptInput!) {
    runScript(input: $input) {
      deployment {
        id
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

const PreviewScript = graphql(`
  mutation PreviewScript($input: PreviewScriptInput!) {
    previewScript(input: $input) {
      deployment {
        id
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

interface RunScriptDialogProps {
  script: Script;
  variables: Revision['variables'];
  onClose: () => void;
}

export function RunScriptDialog({ script, variables, onClose }: RunScriptDialogProps) {
  const navigate = useNavigate();
  const [words, setWords] = useState('');
  const [search] = useDebouncedValue(words, 250);
  const [{ data, fetching, error }] = useQuery({ query: RunTargetsQuery, variables: { search: search || null } });
  const [names, setNames] = useState<Record<string, string>>({});
  const [general, setGeneral] = useState<string[]>([]);
  const { run, pending } = useMutationAction(RunScript, (answer) => answer.runScript);
  const { start, field: startField, check: checkStart } = useStart();
  const preview = useMutationAction(PreviewScript, (answer) => answer.previewScript);
  const form = useForm<RunValues>({
    mode: 'controlled',
    initialValues: {
      by: 'servers',
      serverIds: [],
      projectId: null,
      labels: [],
      batch: '',
      maxFailures: '',
      variables: initialVariables(variables, {}),
    },
    validate: (values) => validateRun(values, variables),
  });

  async function send(values: RunValues, isPreview: boolean) {
    setGeneral([]);
    if (!checkStart(!isPreview)) return;
    const input = { scriptId: script.id, ...targets(values), variables: variablesInput(variables, values.variables) };
    const batch = shareInput(values.batch);
    // A preview changes nothing, and looks at all servers at once.
    const payload = isPreview
      ? await preview.run({ input })
      : await run({
          input: { ...input, ...startInput(start), batch, maxFailures: batch && shareInput(values.maxFailures) },
        });
    if (!payload) return;
    if (payload.deployment) {
      void navigate({ to: '/deployments/$id', params: { id: payload.deployment.id } });
      return;
    }
    const known = ['serverIds', 'labels', 'batch', 'maxFailures', ...variables.map(({ name }) => `variables.${name}`)];
    const told = payload.userErrors.map((error) => ({ ...error, field: error.field?.filter((part) => part !== 'labelled') ?? null }));
    const sorted = sortUserErrors(told, known);
    form.setErrors(sorted.fields);
    setGeneral(sorted.general);
  }

  // Servers chosen under other words stay chosen, and need their names.
  const found = (data?.servers.nodes ?? []).filter(({ project }) => project.viewerAccess !== 'READ');
  const chosen = form.getValues().serverIds;
  const options = [
    ...found.map(({ id, name, project }) => ({ value: id, label: `${name} (${project.name})` })),
    ...chosen
      .filter((id) => !found.some((server) => server.id === id))
      .map((id) => ({ value: id, label: names[id] ?? id })),
  ];
  const { by, projectId } = form.getValues();
  const project = found.find((server) =>
    by === 'labels' ? server.project.id === projectId : chosen.includes(server.id),
  )?.project;
  const unpinned = found.filter(({ id, hostKeyFingerprint }) => chosen.includes(id) && !hostKeyFingerprint);

  return (
    <Dialog opened onClose={onClose} title={`Run ${script.name} without a request`} size="lg">
      <form noValidate onSubmit={form.onSubmit((values) => void send(values, false))}>
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            Nobody approves it first, and it is recorded under your name.
          </Text>
          <FormErrors messages={general} />
          <SegmentedControl
            aria-label="On which servers"
            data={[
              { value: 'servers', label: 'Choose servers' },
              { value: 'labels', label: 'By label' },
            ]}
            {...form.getInputProps('by')}
          />
          {form.getValues().by === 'labels' && <LabelTargets form={form} />}
          {form.getValues().by === 'servers' && <MultiSelect
            label="Servers"
            description="Of one project that you may write to."
            required
            data-autofocus
            openOnFocus={false}
            searchable
            data={options}
            placeholder={chosen.length === 0 ? 'Choose servers' : undefined}
            nothingFoundMessage={error ? 'The servers could not be loaded.' : fetching ? 'Searching…' : 'No server of yours is called that'}
            onSearchChange={setWords}
            {...form.getInputProps('serverIds')}
            onChange={(serverIds) => {
              setNames((known) => ({ ...known, ...Object.fromEntries(options.map(({ value, label }) => [value, label])) }));
              form.setFieldValue('serverIds', serverIds);
            }}
          />}
          {unpinned.length > 0 && (
            <Alert color="orange" icon={<IconAlertTriangle size={18} aria-hidden />}>
              {unpinned.map(({ name }) => name).join(', ')}: no host key is pinned, so the run will be refused. Test the
              connection of the project first.
            </Alert>
          )}
          <Group grow align="flex-start">
            <TextInput
              label="At a time"
              description="Servers in a batch, such as 5 or 20%"
              placeholder="All at once"
              {...form.getInputProps('batch')}
            />
            <TextInput
              label="Failures allowed"
              description="After more, no further batch begins"
              placeholder="0"
              disabled={form.getValues().batch.trim() === ''}
              {...form.getInputProps('maxFailures')}
            />
          </Group>
          <StartTime
            {...startField}
            opening={project?.maintenanceOpening ?? null}
            mayGoAround={project?.viewerAccess === 'ADMIN'}
          />
          {variables.map((variable) => (
            <VariableField
              key={variable.name}
              variable={variable}
              input={form.getInputProps(`variables.${variable.name}`)}
              requiredNote="required"
            />
          ))}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose} disabled={pending}>
              Back
            </Button>
            <ActionButton
              variant="default"
              allowed={script.kind === 'ANSIBLE'}
              reason="Commands over SSH cannot be previewed: a shell does what it is told, or nothing."
              loading={preview.pending}
              leftSection={<IconEye size={16} aria-hidden />}
              onClick={() => form.onSubmit((values) => void send(values, true))()}
            >
              Preview
            </ActionButton>
            <Button type="submit" loading={pending} leftSection={<IconPlayerPlay size={16} aria-hidden />}>
              {chosen.length === 0 || form.getValues().by === 'labels' ? 'Run' : `Run on ${formatCount(chosen.length, 'server')}`}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function targets({ by, serverIds, projectId, labels }: RunValues) {
  return by === 'labels' && projectId !== null ? { labelled: { projectId, labels } } : { serverIds };
}

function validateRun(values: RunValues, declared: Revision['variables']): Record<string, string> {
  const errors: Record<string, string> = {};
  if (values.by === 'servers' && values.serverIds.length === 0) errors.serverIds = 'Choose at least one server.';
  if (values.by === 'labels' && values.projectId === null) errors.projectId = 'Choose a project.';
  if (values.by === 'labels' && values.labels.length === 0) errors.labels = 'Give at least one label.';
  for (const [field, least] of [['batch', 1], ['maxFailures', 0]] as const) {
    const message = shareError(values[field], least);
    if (message) errors[field] = message;
  }
  for (const variable of declared) {
    const message = variableError(variable, values.variables[variable.name] ?? '');
    if (message) errors[`variables.${variable.name}`] = message;
  }
  for (const { name } of missingVariables(declared, values.variables)) {
    errors[`variables.${name}`] ??= 'This is required.';
  }
  return errors;
}
