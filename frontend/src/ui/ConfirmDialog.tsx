import { Button, Group, Stack } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Dialog } from './Dialog';

interface ConfirmDialogProps {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, in a sentence; may hold a field, such as a note. */
  children: ReactNode;
  /** Names the act: "Cancel deployment", never "OK". */
  confirmLabel: string;
  tone?: 'primary' | 'danger';
  /** The dialog stays open and busy until this settles; it closes when the answer is not false. */
  onConfirm: () => Promise<boolean | void> | boolean | void;
  confirmDisabled?: boolean;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const [pending, setPending] = useState(false);

  async function confirm() {
    setPending(true);
    try {
      const answer = await props.onConfirm();
      if (answer !== false) props.onClose();
    } finally {
      setPending(false);
    }
  }

  return (
    <Dialog opened={props.opened} onClose={props.onClose} title={props.title} size="md">
      <Stack>
        <div>{props.children}</div>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={props.onClose} disabled={pending}>
            Back
          </Button>
          <Button
            color={props.tone === 'danger' ? 'red' : undefined}
            loading={pending}
            disabled={props.confirmDisabled}
            onClick={() => void confirm()}
          >
            {props.confirmLabel}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
