import '~/ui/theme/mantine-more.css';
import { Alert, Button, Group, SegmentedControl, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useHotkeys, useId } from '@mantine/hooks';
import { IconGitMerge } from '@tabler/icons-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { UserError } from '~/api/userErrors';
import { FormErrors, Kbd, Section, UnsavedChanges } from '~/ui';
import { CodeEdit } from '~/ui/code/CodeEdit';
import type { LineError } from '~/ui/code/CodeEditor';
import { FilesEditor } from './FilesEditor';
import { sortScriptErrors } from './scriptErrors';
import { STARTERS, validateScript, type ScriptValues } from './scriptForm';
import { languageOf } from './scriptQuery';
import { VariablesEditor } from './VariablesEditor';

interface ScriptFormProps {
  initial: ScriptValues;
  /** An existing script keeps its kind. */
  isNew: boolean;
  saveLabel: string;
  pending: boolean;
  /** Answers what the server did not accept; null when no answer came. */
  onSave: (values: ScriptValues) => Promise<readonly UserError[] | null>;
  onCancel: () => void;
  /** What to offer when somebody saved meanwhile; `mine` is what stands in the form. */
  conflict?: (mine: ScriptValues, dismiss: () => void) => ReactNode;
}

const NO_ERRORS: readonly LineError[] = [];

export function ScriptForm({ initial, isNew, saveLabel, pending, onSave, onCancel, conflict }: ScriptFormProps) {
  const form = useForm<ScriptValues>({ mode: 'controlled', initialValues: initial, validate: validateScript });
  const [lineErrors, setLineErrors] = useState(NO_ERRORS);
  const [general, setGeneral] = useState<string[]>([]);
  const [conflicting, setConflicting] = useState(false);
  const [saved, setSaved] = useState(false);
  const [version, setVersion] = useState(0);
  const saving = useRef(false);
  const notice = useRef<HTMLDivElement>(null);
  const hint = useId();
  const values = form.getValues();

  async function save() {
    if (saving.current) return;
    setLineErrors(NO_ERRORS);
    setGeneral([]);
    const checked = form.validate();
    if (checked.hasErrors) {
      form.getInputNode(Object.keys(checked.errors)[0] as never)?.focus();
      return;
    }
    saving.current = true;
    // What leaves the page after a save leaves nothing behind.
    setSaved(true);
    const errors = await onSave(form.getValues());
    saving.current = false;
    if (!errors || errors.length > 0) setSaved(false);
    if (!errors || errors.length === 0) return;
    const sorted = sortScriptErrors(errors);
    form.setErrors(sorted.fields);
    setLineErrors(sorted.content);
    setGeneral(sorted.general);
    setConflicting(sorted.conflict);
  }

  // Saving by keyboard may happen far below what it is about.
  useEffect(() => {
    if (conflicting || general.length > 0) notice.current?.scrollIntoView({ block: 'center' });
  }, [conflicting, general]);

  useHotkeys([['mod+S', () => void save()]], []);

  function chooseKind(kind: ScriptValues['kind']) {
    const untouched = values.content.trim() === '' || Object.values(STARTERS).includes(values.content);
    form.setValues(untouched ? { kind, content: STARTERS[kind] } : { kind });
    if (untouched) setVersion((number) => number + 1);
  }

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <UnsavedChanges when={form.isDirty() && !saved} />
      <Stack gap="lg">
        {(conflicting || general.length > 0) && (
          <Stack ref={notice} gap="sm">
            <FormErrors messages={general} />
            {conflicting && conflict && (
              <Alert
                color="orange"
                title="Somebody saved another revision meanwhile"
                icon={<IconGitMerge size={18} aria-hidden />}
                role="alert"
              >
                {conflict(values, () => setConflicting(false))}
              </Alert>
            )}
          </Stack>
        )}
        <Section title="About">
          <Stack gap="md">
            <TextInput label="Name" required maw={480} {...form.getInputProps('name')} />
            <Textarea label="Description" autosize minRows={2} maw={720} {...form.getInputProps('description')} />
            {isNew && (
              <div>
                <Text size="sm" fw={500} mb={4} id={`${hint}-kind`}>
                  Kind
                </Text>
                <SegmentedControl
                  aria-labelledby={`${hint}-kind`}
                  data={[
                    { value: 'ANSIBLE', label: 'Ansible playbook' },
                    { value: 'SSH', label: 'Commands over SSH' },
                  ]}
                  value={values.kind}
                  onChange={(kind) => chooseKind(kind as ScriptValues['kind'])}
                />
              </div>
            )}
            <Switch
              label="Needs root"
              description="Servers that cannot give it are refused before anything runs."
              {...form.getInputProps('requiresRoot', { type: 'checkbox' })}
            />
          </Stack>
        </Section>
        <Section
          title="Content"
          description={
            <span id={hint}>
              Tab indents; press Escape, then Tab, to leave the editor. The syntax is checked when you save.
            </span>
          }
        >
          <Stack gap="xs">
            {form.errors.content && (
              <Text size="sm" c="red" role="alert">
                {form.errors.content}
              </Text>
            )}
            {lineErrors.map(({ line, message }) => (
              <Text key={line + message} size="sm" c="red" role="alert">
                {message}
              </Text>
            ))}
            <CodeEdit
              value={values.content}
              version={version}
              language={languageOf(values.kind)}
              label="Content of the script"
              describedBy={hint}
              invalid={lineErrors.length > 0 || Boolean(form.errors.content)}
              errors={lineErrors}
              onChange={(content) => form.setFieldValue('content', content)}
              onSave={() => void save()}
            />
          </Stack>
        </Section>
        {values.kind === 'ANSIBLE' && (
          <Section
            title="Files"
            description="What lies beside the playbook: its roles, its templates, and what its tasks include. No other roles are found when it runs."
          >
            <FilesEditor form={form} hint={hint} onSave={() => void save()} />
          </Section>
        )}
        <Section title="Variables" description="What a request or a run fills in; the script reads them by name.">
          <VariablesEditor form={form} />
        </Section>
        <Group justify="flex-end" gap="sm">
          <Text size="sm" c="dimmed" visibleFrom="sm">
            <Kbd keys={['Ctrl', 'S']} /> saves
          </Text>
          <Button variant="default" onClick={onCancel} disabled={pending}>
            Cancel
          </Button>
          <Button type="submit" loading={pending}>
            {saveLabel}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
