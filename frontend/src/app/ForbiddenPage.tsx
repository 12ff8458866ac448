import { IconLock } from '@tabler/icons-react';
import { ButtonLink } from '~/ui/ButtonLink';
import { EmptyState } from '~/ui/EmptyState';
import { PageHeader } from '~/ui/PageHeader';

export default function ForbiddenPage() {
  return (
    <>
      <PageHeader title="Not open to you" />
      <EmptyState
        icon={IconLock}
        title="Your role does not open this page"
        action={
          <ButtonLink to="/" variant="default">
            To the dashboard
          </ButtonLink>
        }
      >
        An administrator can change what your role may do.
      </EmptyState>
    </>
  );
}
