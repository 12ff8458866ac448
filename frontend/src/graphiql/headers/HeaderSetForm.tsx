import '~/ui/theme/mantine-more.css';
import { ActionIcon, Button, Checkbox, Group, PasswordInput, Text, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useId, useState, type FormEvent } from 'react';
import classes from './headers.module.css';
import { headerFault, isSecret, type Header, type HeaderSet } from './headerSets';

interface HeaderSetFormProps {
  set: HeaderSet;
  isNew: boolean;
  onSave: (set: HeaderSet) => void;
  onCancel: () => void;
}

const KNOWN = ['Authorization', 'Idempotency-Key', 'graphql-client-name', 'graphql-client-version'];

/** Headers are sent once they are saved: not one half typed. */
export function HeaderSetForm({ set, isNew, onSave, onCancel }: HeaderSetFormProps) {
  const [draft, setDraft] = useState(set);
  const [isChecked, setChecked] = useState(false);
  const known = useId();
  const faults = draft.headers.map(headerFault);
  const secrets = [...new Set(draft.headers.map(({ name }) => name).filter(isSecret))];
  const isNameless = draft.name.trim() === '';

  const setHeader = (index: number, change: Partial<Header>) =>
    setDraft({ ...draft, headers: draft.headers.map((header, at) => (at === index ? { ...header, ...change } : header)) });

  function submit(event: FormEvent) {
    event.preventDefault();
    setChecked(true);
    if (isNameless || faults.some(Boolean)) return;
    onSave({ ...draft, name: draft.name.trim() });
  }

  return (
    <form className={classes.form} aria-label={isNew ? 'New set of headers' : `Edit ${set.name}`} onSubmit={submit} noValidate>
      <TextInput
        size="xs"
        label="Name of the set"
        placeholder="Integration tests"
        autoFocus
        value={draft.name}
        error={isChecked && isNameless ? 'Give the set a name.' : undefined}
        onChange={({ currentTarget }) => setDraft({ ...draft, name: currentTarget.value })}
      />
      <datalist id={known}>
        {KNOWN.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {draft.headers.map((header, index) => {
        const Value = isSecret(header.name) ? PasswordInput : TextInput;
        return (
          <div key={index} className={classes.header}>
            <TextInput
              size="xs"
              className={classes.name}
              aria-label={`Name of header ${index + 1}`}
              placeholder="Header"
              list={known}
              value={header.name}
              error={isChecked ? faults[index] : undefined}
              onChange={({ currentTarget }) => setHeader(index, { name: currentTarget.value.trim() })}
            />
            <Value
              size="xs"
              className={classes.value}
              aria-label={`Value of header ${index + 1}`}
              placeholder={header.name.toLowerCase() === 'authorization' ? 'Bearer …' : 'Value'}
              autoComplete="off"
              spellCheck={false}
              value={header.value}
              onChange={({ currentTarget }) => setHeader(index, { value: currentTarget.value })}
            />
            <ActionIcon
              size="md"
              aria-label={`Remove header ${index + 1}`}
              disabled={draft.headers.length === 1}
              onClick={() => setDraft({ ...draft, headers: draft.headers.filter((_, at) => at !== index) })}
            >
              <IconX size={14} />
            </ActionIcon>
          </div>
        );
      })}
      <Group justify="space-between" gap="xs">
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={13} aria-hidden />}
          onClick={() => setDraft({ ...draft, headers: [...draft.headers, { name: '', value: '' }] })}
        >
          Add header
        </Button>
        <Text size="xs" c="dimmed">
          <code>{'{{uuid}}'}</code> is another UUID each time
        </Text>
      </Group>
      <Checkbox
        size="xs"
        classNames={{ description: classes.description }}
        label="Remember on this device"
        description="Otherwise this set is gone when you leave the page."
        checked={draft.remember}
        onChange={({ currentTarget }) => setDraft({ ...draft, remember: currentTarget.checked, rememberSecrets: false })}
      />
      {draft.remember && secrets.length > 0 && (
        <Checkbox
          size="xs"
          classNames={{ description: classes.description }}
          label={`Also remember the value of ${secrets.join(' and ')}`}
          description="Whoever uses this browser, and any script that gets into this site, can then read it and act as you."
          checked={draft.rememberSecrets}
          onChange={({ currentTarget }) => setDraft({ ...draft, rememberSecrets: currentTarget.checked })}
        />
      )}
      <Group gap="xs" justify="flex-end">
        <Button size="xs" variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="xs" type="submit">
          Save
        </Button>
      </Group>
    </form>
  );
}
