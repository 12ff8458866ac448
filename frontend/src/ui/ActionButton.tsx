import { Button, VisuallyHidden, type ButtonProps } from '@mantine/core';
import { useId, type MouseEvent, type ReactNode } from 'react';
import { Hint } from './Hint';

interface ActionButtonProps extends Omit<ButtonProps, 'disabled'> {
  children: ReactNode;
  onClick?: (event: MouseEvent<HTMLButtonElement>) => void;
  type?: 'button' | 'submit';
  /** False: the button stays reachable, does nothing, and says why. */
  allowed?: boolean;
  /** Why it is not allowed; shown as a tooltip and read to a screen reader. */
  reason?: string | null;
}

/** A button that says why it may not be pressed instead of going dead. */
export function ActionButton({ allowed = true, reason, onClick, children, className, ...props }: ActionButtonProps) {
  const id = useId();
  if (allowed) {
    return (
      <Button {...props} className={className} onClick={onClick}>
        {children}
      </Button>
    );
  }
  const sentence = reason ?? 'You may not do this now.';
  return (
    <>
      <Hint label={sentence}>
        <Button
          {...props}
          type="button"
          className={['rk-blocked', className].filter(Boolean).join(' ')}
          aria-disabled
          aria-describedby={id}
          onClick={(event) => event.preventDefault()}
        >
          {children}
        </Button>
      </Hint>
      <VisuallyHidden id={id}>{sentence}</VisuallyHidden>
    </>
  );
}
