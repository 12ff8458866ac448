import { Alert, Stack, Text } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconShieldBolt } from '@tabler/icons-react';
import { formatMoney, Section } from '~/ui';
import { useServerOptions, type ScriptOption } from './options';
import type { RequestValues } from './requestValues';
import { SearchSelect } from './SearchSelect';
import { VariableField } from './VariableField';
import { initialVariables, missingVariables, type SecretState, type Variable } from './variables';

/** What the request ran before it was edited. */
export interface ExistingRun {
  scriptId: string | null;
  secretState: (name: string) => SecretState;
}

const nothingGiven = (): SecretState => 'none';

/** What the form's values would run, and where. */
export function useRun(
  values: RequestValues,
  scripts: readonly ScriptOption[],
  existing: ExistingRun | undefined,
) {
  const { servers, onSearch } = useServerOptions(values.projectId);
  const script = scripts.find(({ id }) => id === values.scriptId);
  const declared: readonly Variable[] = script?.currentRevision.variables ?? [];
  // Another script's secrets are not this one's.
  const secretState = existing && existing.scriptId === values.scriptId ? existing.secretState : nothingGiven;
  return {
    script,
    declared,
    secretState,
    servers,
    onSearchServers: onSearch,
    server: servers.find(({ id }) => id === values.targetServerId),
    missing: script ? missingVariables(declared, values.variables, secretState) : [],
  };
}

interface RunFieldsProps {
  form: UseFormReturnType<RequestValues>;
  run: ReturnType<typeof useRun>;
  scripts: readonly ScriptOption[];
  onSearchScripts?: (words: string) => void;
}

/** Optional: which script runs where, with which values. */
export function RunFields({ form, run, scripts, onSearchScripts }: RunFieldsProps) {
  const { projectId } = form.getValues();
  const { script } = run;

  function chooseScript(scriptId: string | null) {
    const next = scripts.find(({ id }) => id === scriptId);
    form.setFieldValue('scriptId', scriptId);
    form.setFieldValue('variables', initialVariables(next?.currentRevision.variables ?? [], null));
  }

  return (
    <Section
      title="What to run"
      description="Optional now, needed for approval: the approver decides on exactly this plan, and nothing else can be deployed."
    >
      <Stack gap="md">
        <SearchSelect
          {...form.getInputProps('scriptId')}
          value={form.getValues().scriptId}
          onChange={chooseScript}
          label="Script"
          placeholder="Leave it to the technicians"
          clearable
          onSearch={onSearchScripts}
          nothingFound="No script is called that"
          options={scripts.map(({ id, name, description }) => ({ value: id, label: name, hint: description }))}
        />
        {script && (
          <Text size="sm" c="dimmed">
            {script.description} Revision {script.currentRevision.number}.
          </Text>
        )}
        {script?.requiresRoot && (
          <Alert color="yellow" icon={<IconShieldBolt size={18} aria-hidden />} p="sm">
            It needs root on its target. Where it cannot become root, it is refused before anything is touched.
          </Alert>
        )}
        <SearchSelect
          {...form.getInputProps('targetServerId')}
          value={form.getValues().targetServerId}
          onChange={(id) => form.setFieldValue('targetServerId', id)}
          label="Target server"
          description={projectId ? undefined : 'Choose the project first: its servers can be targets.'}
          placeholder={projectId ? 'Leave it to the technicians' : 'No project chosen'}
          clearable
          disabled={!projectId}
          onSearch={run.onSearchServers}
          nothingFound="The project has no such server"
          options={run.servers.map(({ id, name, address, type, monthlyPriceCents }) => ({
            value: id,
            label: name,
            hint: [address, type, monthlyPriceCents === null ? null : `${formatMoney(monthlyPriceCents)} / month`]
              .filter(Boolean)
              .join(' · '),
          }))}
        />
        {script && run.declared.length > 0 && (
          <Stack gap="md" role="group" aria-label={`Variables of ${script.name}`}>
            <Text size="sm" fw={600}>
              Variables of {script.name}
            </Text>
            {run.declared.map((variable) => (
              <VariableField
                key={`${script.id} ${variable.name}`}
                variable={variable}
                input={form.getInputProps(`variables.${variable.name}`)}
                secretState={run.secretState(variable.name)}
              />
            ))}
          </Stack>
        )}
      </Stack>
    </Section>
  );
}
