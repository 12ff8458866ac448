import { Button } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { EmptyState } from '~/ui/EmptyState';

/** Where a page threw. Reloading also mends the usual cause: a newer build has replaced the code this tab asks for. */
export function CrashPage() {
  return (
    <div role="alert">
      <EmptyState
        icon={IconAlertTriangle}
        title="This page stopped working"
        action={<Button onClick={() => location.reload()}>Reload</Button>}
      >
        Nothing you saved is lost. Reload the page; if it happens again, tell your administrator what you did.
      </EmptyState>
    </div>
  );
}
