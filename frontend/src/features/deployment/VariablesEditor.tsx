import '~/ui/theme/mantine-more.css';
import { ActionIcon, Button, Checkbox, Group, Select, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { formatEnum } from '~/ui';
import type { Scalar } from '~/gql';
import { newVariable, type ScriptValues, type VariableValues } from './scriptForm';
import classes from './VariablesEditor.module.css';

const TYPES: readonly Scalar<'VariableType'>[] = ['STRING', 'INTEGER', 'BOOLEAN', 'CHOICE', 'SECRET'];
const TYPE_OPTIONS = TYPES.map((value) => ({ value, label: formatEnum(value) }));
const MOST = 50;

/** The declarations of a script: what a request or a run fills in. */
export function VariablesEditor({ form }: { form: UseFormReturnType<ScriptValues> }) {
  const { variables } = form.getValues();
  return (
    <Stack gap="sm">
      {variables.length === 0 && (
        <Text size="sm" c="dimmed">
          No variables: the script runs the same way every time.
        </Text>
      )}
      {variables.map((variable, index) => (
        <VariableRow key={variable.key} form={form} variable={variable} index={index} />
      ))}
      {form.errors.variables && (
        <Text size="sm" c="red" role="alert">
          {form.errors.variables}
        </Text>
      )}
      <div>
        <Button
          variant="default"
          leftSection={<IconPlus size={16} aria-hidden />}
          disabled={variables.length >= MOST}
          onClick={() => form.insertListItem('variables', newVariable())}
        >
          Add a variable
        </Button>
      </div>
    </Stack>
  );
}

interface VariableRowProps {
  form: UseFormReturnType<ScriptValues>;
  variable: VariableValues;
  index: number;
}

function VariableRow({ form, variable, index }: VariableRowProps) {
  const input = (field: string, type: 'input' | 'checkbox' = 'input') =>
    form.getInputProps(`variables.${index}.${field}`, { type });
  return (
    <fieldset className={classes.row}>
      <legend className={classes.legend}>{variable.name || `Variable ${index + 1}`}</legend>
      <div className={classes.grid}>
        <TextInput label="Name" required spellCheck={false} autoCapitalize="none" {...input('name')} />
        <Select label="Type" data={TYPE_OPTIONS} allowDeselect={false} {...input('type')} />
        <TextInput label="Label" placeholder="What a form calls it" {...input('label')} />
        <DefaultField variable={variable} input={input('default')} />
        <TextInput className={classes.wide} label="Description" placeholder="What it is for" {...input('description')} />
        {variable.type === 'CHOICE' && (
          <TagsInput
            className={classes.wide}
            label="Choices"
            required
            placeholder="Type one, then Enter"
            {...input('choices')}
          />
        )}
      </div>
      <Group justify="space-between" mt="sm">
        <Checkbox label="Required" {...input('required', 'checkbox')} />
        <ActionIcon
          color="red"
          aria-label={`Remove the variable ${variable.name || index + 1}`}
          onClick={() => form.removeListItem('variables', index)}
        >
          <IconTrash size={16} />
        </ActionIcon>
      </Group>
    </fieldset>
  );
}

function DefaultField({ variable, input }: { variable: VariableValues; input: ReturnType<UseFormReturnType<ScriptValues>['getInputProps']> }) {
  switch (variable.type) {
    case 'SECRET':
      return <TextInput label="Default" disabled value="" placeholder="A secret has none" error={input.error} readOnly />;
    case 'BOOLEAN':
    case 'CHOICE':
      return (
        <Select
          label="Default"
          placeholder="None"
          clearable
          clearButtonProps={{ 'aria-label': 'Clear the default' }}
          data={
            variable.type === 'CHOICE'
              ? variable.choices
              : [
                  { value: 'true', label: 'True' },
                  { value: 'false', label: 'False' },
                ]
          }
          {...input}
          value={(input.value as string) || null}
          onChange={(value) => input.onChange(value ?? '')}
        />
      );
    case 'INTEGER':
      return <TextInput label="Default" inputMode="numeric" {...input} />;
    case 'STRING':
      return <TextInput label="Default" {...input} />;
  }
}
