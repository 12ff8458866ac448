import { Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

interface AnchorButtonProps
  extends Omit<ButtonProps, keyof AnchorHTMLAttributes<HTMLAnchorElement>>,
    Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'color'> {
  color?: string;
  ref?: Ref<HTMLAnchorElement>;
}

function AnchorButton(props: AnchorButtonProps) {
  return <Button component="a" {...(props as object)} />;
}

/** A link that looks like a button: `<ButtonLink to="/requests/new">New request</ButtonLink>`. */
export const ButtonLink = createLink(AnchorButton);
