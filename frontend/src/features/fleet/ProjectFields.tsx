import { Group, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconCurrencyEuro } from '@tabler/icons-react';

interface ProjectFieldsProps {
  getInputProps: UseFormReturnType<Record<string, unknown>>['getInputProps'];
}

/** The fields of a project that creating and editing share. */
export function ProjectFields({ getInputProps }: ProjectFieldsProps) {
  return (
    <>
      <TextInput label="Name" required data-autofocus {...getInputProps('name')} />
      <Textarea label="Description" autosize minRows={2} {...getInputProps('description')} />
      <Group grow align="flex-start">
        <TextInput label="Server limit" inputMode="numeric" required {...getInputProps('maxServers')} />
        <TextInput
          label="Budget a month"
          inputMode="decimal"
          required
          leftSection={<IconCurrencyEuro size={15} aria-hidden />}
          {...getInputProps('monthlyBudgetCents')}
        />
      </Group>
    </>
  );
}
