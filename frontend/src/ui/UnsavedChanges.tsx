import { useBlocker } from '@tanstack/react-router';
import { ConfirmDialog } from './ConfirmDialog';

/**
 * Asks before a half-filled form is left. Navigate away from a form that was saved with `ignoreBlocker: true`.
 */
export function UnsavedChanges({ when }: { when: boolean }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => when && current.pathname !== next.pathname,
    enableBeforeUnload: () => when,
    withResolver: true,
  });
  return (
    <ConfirmDialog
      opened={blocker.status === 'blocked'}
      onClose={() => blocker.reset?.()}
      title="Leave without saving?"
      confirmLabel="Leave and discard"
      tone="danger"
      onConfirm={() => {
        blocker.proceed?.();
        return false;
      }}
    >
      What you entered here is not saved yet.
    </ConfirmDialog>
  );
}
