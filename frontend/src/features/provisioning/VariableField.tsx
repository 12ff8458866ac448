import '~/ui/theme/mantine-more.css';
import { Badge, Button, Group, Input, NumberInput, Select, Text, TextInput } from '@mantine/core';
import type { GetInputPropsReturnType } from '@mantine/form';
import { IconLock } from '@tabler/icons-react';
import { useState } from 'react';
import { SecretInput } from '../../ui';
import { ChoiceRow } from './ChoiceRow';
import { variableLabel, type SecretState, type Variable } from './variables';

interface VariableFieldProps {
  variable: Variable;
  /** `form.getInputProps('variables.<name>')`. */
  input: GetInputPropsReturnType;
  /** A secret given earlier is kept unless it is replaced. */
  secretState?: SecretState;
  /** What a required variable is required for. */
  requiredNote?: string;
}

const NOT_SET = '';

/** The field for one variable, by its type. */
export function VariableField({ variable, input, secretState = 'none', requiredNote = 'needed for approval' }: VariableFieldProps) {
  const label = (
    <>
      {variableLabel(variable)}
      {variable.required && (
        <Text component="span" inherit c="dimmed" fw={400}>
          {' '}
          ({requiredNote})
        </Text>
      )}
    </>
  );
  const description = variable.description ?? undefined;
  const placeholder = variable.default ? `Default: ${variable.default}` : undefined;

  switch (variable.type) {
    case 'SECRET':
      return (
        <SecretField label={label} name={variableLabel(variable)} description={description} input={input} state={secretState} />
      );
    case 'BOOLEAN':
      return (
        <ChoiceRow
          label={variableLabel(variable) + (variable.required ? ` (${requiredNote})` : '')}
          description={description}
          error={input.error}
          options={[
            { value: NOT_SET, label: variable.default === null ? 'Not set' : `Default (${yesNo(variable.default)})` },
            { value: 'true', label: 'Yes' },
            { value: 'false', label: 'No' },
          ]}
          value={input.value as string}
          onChange={input.onChange}
        />
      );
    case 'CHOICE':
      return (
        <Select
          {...input}
          value={(input.value as string) || null}
          onChange={(value) => input.onChange(value ?? '')}
          label={label}
          description={description}
          placeholder={placeholder ?? 'Choose one'}
          data={[...variable.choices]}
          clearable
          clearButtonProps={{ 'aria-label': `Clear: ${variableLabel(variable)}` }}
        />
      );
    case 'INTEGER':
      return (
        <NumberInput
          {...input}
          // Text in the form: a number of 64 bits is more than a JavaScript number holds.
          onChange={(value) => input.onChange(String(value))}
          size="sm"
          label={label}
          description={description}
          placeholder={placeholder}
          allowDecimal={false}
          hideControls
          inputMode="numeric"
        />
      );
    case 'STRING':
      return <TextInput {...input} label={label} description={description} placeholder={placeholder} />;
  }
}

const yesNo = (value: string) => (value === 'true' ? 'yes' : 'no');

interface SecretFieldProps {
  label: React.ReactNode;
  name: string;
  description?: string;
  input: GetInputPropsReturnType;
  state: SecretState;
}

/** Write-only: what was given earlier can be kept or replaced, never read. */
function SecretField({ label, name, description, input, state }: SecretFieldProps) {
  const kept = state === 'given';
  const [replacing, setReplacing] = useState(false);
  if (kept && !replacing) {
    return (
      <Input.Wrapper label={label} labelElement="div" description={description}>
        <Group gap="sm" mt={6}>
          <Badge color="gray" leftSection={<IconLock size={12} aria-hidden />}>
            Kept
          </Badge>
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Replace the secret ${name}`}
            onClick={() => setReplacing(true)}
          >
            Replace
          </Button>
        </Group>
      </Input.Wrapper>
    );
  }
  return (
    <div>
      <SecretInput
        {...input}
        label={label}
        description={description ?? 'Sealed when it is sent; nobody sees it again.'}
        autoFocus={replacing}
      />
      {kept && (
        <Button
          mt={6}
          size="compact-sm"
          variant="subtle"
          onClick={() => {
            input.onChange('');
            setReplacing(false);
          }}
        >
          Keep the one given earlier
        </Button>
      )}
    </div>
  );
}
