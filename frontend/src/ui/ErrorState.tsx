import { Button } from '@mantine/core';
import { IconAlertTriangle, IconMapQuestion } from '@tabler/icons-react';
import type { CombinedError } from 'urql';
import { errorCode, errorSentence } from '~/api/errors';
import { EmptyState } from './EmptyState';

interface ErrorStateProps {
  error: CombinedError;
  onRetry?: () => void;
}

/** In place of what could not be loaded. */
export function ErrorState({ error, onRetry }: ErrorStateProps) {
  const missing = errorCode(error) === 'NOT_FOUND';
  return (
    <div role="alert">
      <EmptyState
        icon={missing ? IconMapQuestion : IconAlertTriangle}
        title={missing ? 'Not found' : 'This could not be loaded'}
        action={
          onRetry && !missing ? (
            <Button variant="default" onClick={onRetry}>
              Try again
            </Button>
          ) : undefined
        }
      >
        {errorSentence(error)}
      </EmptyState>
    </div>
  );
}
