import { Button, CloseButton } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { useConnection, type Trouble } from './connection';
import classes from './page.module.css';

/** What is wrong, and what to do about it; the editors stay usable below. */
export function TroubleNotice() {
  const { trouble, retry, dismiss } = useConnection();
  if (!trouble) return null;
  const { title, text, isGrave, canRetry } = describe(trouble);
  const Icon = isGrave ? IconAlertTriangle : IconInfoCircle;
  return (
    <div role="alert" className={classes.notice} data-grave={isGrave || undefined}>
      <Icon size={18} aria-hidden className={classes.noticeIcon} />
      <p className={classes.noticeText}>
        <strong>{title}</strong> {text}
      </p>
      {canRetry && (
        <Button size="compact-sm" variant="default" onClick={retry}>
          Try again
        </Button>
      )}
      <CloseButton size="sm" aria-label="Dismiss" onClick={dismiss} />
    </div>
  );
}

interface Description {
  title: string;
  text: string;
  isGrave: boolean;
  canRetry: boolean;
}

function describe(trouble: Trouble): Description {
  switch (trouble.kind) {
    case 'unreachable':
      return {
        title: 'The server cannot be reached.',
        text: 'Nothing was answered. What you have written stays here.',
        isGrave: true,
        canRetry: true,
      };
    case 'anonymous':
      return {
        title: 'Sign in first.',
        text: 'This operation is not open to everybody: sign in above, or give a token.',
        isGrave: false,
        canRetry: false,
      };
    case 'ended':
      return {
        title: 'Your session has ended.',
        text: 'Sign in again above. Your operations are still here; what they had answered is not.',
        isGrave: false,
        canRetry: false,
      };
    case 'refused':
      return {
        title: 'The server does not accept this token.',
        text: 'It has run out, was revoked, or is not complete. Give another one, or go back to the session.',
        isGrave: true,
        canRetry: true,
      };
    case 'schema':
      return {
        title: 'The schema could not be read.',
        text: `${trouble.message} Operations can be written and run all the same, without completion and explorer.`,
        isGrave: false,
        canRetry: true,
      };
  }
}
