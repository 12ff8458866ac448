import '~/ui/theme/mantine-more.css';
import { Autocomplete, Button, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState, type FormEvent } from 'react';
import { sortUserErrors, type UserError } from '~/api/userErrors';
import { formatEnum, FormErrors, Section, statusOptions, UnsavedChanges } from '~/ui';
import { ChoiceRow } from './ChoiceRow';
import { CPUS, formatStorage, JUSTIFICATION, MEMORY_GB, OPERATING_SYSTEMS, SERVER_TYPES, STORAGE_GB, USAGES } from './choices';
import type { ProjectOption, ScriptOption } from './options';
import { ProjectField } from './ProjectField';
import classes from './RequestForm.module.css';
import { RequestSummary } from './RequestSummary';
import { countCharacters, validateRequest, type RequestValues } from './requestValues';
import { RunFields, useRun, type ExistingRun } from './RunFields';
import type { Variable } from './variables';

interface RequestFormProps {
  initialValues: RequestValues;
  projects: readonly ProjectOption[];
  onSearchProjects?: (words: string) => void;
  scripts: readonly ScriptOption[];
  onSearchScripts?: (words: string) => void;
  /** When editing: the request stays in its project, and its secrets are kept. */
  existing?: ExistingRun;
  submitLabel: string;
  pending: boolean;
  /** Sends the values; answers what the server found wrong, or null when no answer came. */
  onSubmit: (values: RequestValues, declared: readonly Variable[]) => Promise<readonly UserError[] | null>;
  cancel: React.ReactNode;
}

const enumOptions = (values: readonly string[]) => values.map((value) => ({ value, label: formatEnum(value) }));

export function RequestForm(props: RequestFormProps) {
  const [general, setGeneral] = useState<string[]>([]);
  const [saved, setSaved] = useState(false);
  const form = useForm<RequestValues>({
    mode: 'controlled',
    initialValues: props.initialValues,
    validate: (values) => validateRequest(values, run.declared),
    validateInputOnBlur: true,
  });
  const values = form.getValues();
  const run = useRun(values, props.scripts, props.existing);
  const project = props.projects.find(({ id }) => id === values.projectId);
  const used = countCharacters(values.justification);

  function focusFirst(errors: object) {
    const [field] = Object.keys(errors);
    if (field) form.getInputNode(field)?.focus();
  }

  async function send(sent: RequestValues) {
    setGeneral([]);
    // Saved before the answer leads away, or the guard would ask.
    setSaved(true);
    const errors = await props.onSubmit(sent, run.declared);
    if (errors?.length === 0) return;
    setSaved(false);
    if (!errors) return;
    const known = [...Object.keys(sent), ...run.declared.map(({ name }) => `variables.${name}`)];
    const sorted = sortUserErrors(errors, known);
    form.setErrors(sorted.fields);
    setGeneral(sorted.fields.variables ? [...sorted.general, sorted.fields.variables] : sorted.general);
    focusFirst(sorted.fields);
  }

  const submit = form.onSubmit(
    (sent) => void send(sent),
    (errors) => focusFirst(errors),
  ) as (event: FormEvent<HTMLFormElement>) => void;

  return (
    <form onSubmit={submit} noValidate>
      <UnsavedChanges when={form.isDirty() && !saved} />
      <div className={classes.layout}>
        <div className={classes.sections}>
          <FormErrors messages={general} />
          <Section
            title="Project"
            description={props.existing ? 'A request stays in the project it was filed for.' : 'Whom the server is for, and whose budget it counts against.'}
          >
            <ProjectField
              projects={props.projects}
              onSearch={props.onSearchProjects}
              fixed={props.existing !== undefined}
              input={form.getInputProps('projectId')}
              onChange={(projectId) => {
                form.setFieldValue('projectId', projectId);
                // Another project has other servers.
                form.setFieldValue('targetServerId', null);
              }}
            />
          </Section>

          <Section title="Server" description="What is needed. Sizes are those that can be provided.">
            <Stack gap="md">
              <div className={classes.pair}>
                <TextInput
                  label="Name"
                  placeholder="for example nova-hr-web-02"
                  withAsterisk
                  aria-required
                  autoComplete="off"
                  spellCheck={false}
                  {...form.getInputProps('name')}
                />
                <Select
                  label="Type"
                  data={enumOptions(SERVER_TYPES)}
                  allowDeselect={false}
                  {...form.getInputProps('serverType')}
                />
              </div>
              <ChoiceRow
                label="CPU cores"
                options={CPUS.map((value) => ({ value, label: value }))}
                value={values.cpu}
                onChange={(cpu) => form.setFieldValue('cpu', cpu)}
                error={form.errors.cpu}
              />
              <ChoiceRow
                label="Memory, GB"
                options={MEMORY_GB.map((value) => ({ value, label: value }))}
                value={values.memoryGb}
                onChange={(memoryGb) => form.setFieldValue('memoryGb', memoryGb)}
                error={form.errors.memoryGb}
              />
              <ChoiceRow
                label="Storage"
                options={STORAGE_GB.map((value) => ({ value, label: formatStorage(value) }))}
                value={values.storageGb}
                onChange={(storageGb) => form.setFieldValue('storageGb', storageGb)}
                error={form.errors.storageGb}
              />
              <div className={classes.pair}>
                <Autocomplete
                  size="sm"
                  openOnFocus={false}
                  label="Operating system"
                  placeholder="Choose or type one"
                  withAsterisk
                  aria-required
                  data={[...OPERATING_SYSTEMS]}
                  {...form.getInputProps('operatingSystem')}
                />
                <TextInput
                  label="Application"
                  placeholder="for example Django"
                  {...form.getInputProps('applicationType')}
                />
              </div>
            </Stack>
          </Section>

          <Section title="Reason" description="What the approver decides by.">
            <Stack gap="md">
              <div className={classes.pair}>
                <ChoiceRow
                  label="Priority"
                  options={statusOptions('priority') as { value: RequestValues['priority']; label: string }[]}
                  value={values.priority}
                  onChange={(priority) => form.setFieldValue('priority', priority)}
                  error={form.errors.priority}
                />
                <ChoiceRow
                  label="Expected usage"
                  options={USAGES.map((value) => ({ value, label: formatEnum(value) }))}
                  value={values.expectedUsage}
                  onChange={(expectedUsage) => form.setFieldValue('expectedUsage', expectedUsage)}
                  error={form.errors.expectedUsage}
                />
              </div>
              <div>
                <Textarea
                  size="sm"
                  label="Justification"
                  description="Why the server is needed, by whom, and until when."
                  withAsterisk
                  aria-required
                  autosize
                  minRows={4}
                  maxRows={14}
                  {...form.getInputProps('justification')}
                />
                <div className={classes.counter}>
                  <Text size="xs" c="dimmed">
                    {used < JUSTIFICATION.least ? `At least ${JUSTIFICATION.least} characters` : ''}
                  </Text>
                  <Text size="xs" c={used > JUSTIFICATION.most ? 'red' : 'dimmed'}>
                    {used.toLocaleString('en')} / {JUSTIFICATION.most.toLocaleString('en')}
                  </Text>
                </div>
              </div>
            </Stack>
          </Section>

          <RunFields form={form} run={run} scripts={props.scripts} onSearchScripts={props.onSearchScripts} />

          <div className={classes.actions}>
            {props.cancel}
            <Button type="submit" loading={props.pending}>
              {props.submitLabel}
            </Button>
          </div>
        </div>
        <RequestSummary values={values} project={project} script={run.script} server={run.server} missing={run.missing} />
      </div>
    </form>
  );
}
