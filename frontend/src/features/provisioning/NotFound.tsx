import { IconMapQuestion } from '@tabler/icons-react';
import { ButtonLink, EmptyState } from '~/ui';

export function NotFound() {
  return (
    <div role="alert">
      <EmptyState
        icon={IconMapQuestion}
        title="There is no such request"
        action={
          <ButtonLink to="/requests" variant="default">
            To the requests
          </ButtonLink>
        }
      >
        It does not exist, or you may not see it.
      </EmptyState>
    </div>
  );
}
