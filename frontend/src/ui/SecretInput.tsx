import { ActionIcon, Textarea, type TextareaProps } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useState } from 'react';
import classes from './SecretInput.module.css';

/** A masked field for a secret of any number of lines: a password field would silently drop the line breaks of a pasted key. */
export function SecretInput(props: TextareaProps) {
  const [shown, setShown] = useState(false);
  return (
    <Textarea
      autosize
      minRows={1}
      maxRows={8}
      autoComplete="off"
      autoCapitalize="off"
      spellCheck={false}
      classNames={shown ? undefined : { input: classes.masked }}
      rightSection={
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={shown ? 'Hide what is entered' : 'Show what is entered'}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          {shown ? <IconEyeOff size={16} aria-hidden /> : <IconEye size={16} aria-hidden />}
        </ActionIcon>
      }
      {...props}
    />
  );
}
