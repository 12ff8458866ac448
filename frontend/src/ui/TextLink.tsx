import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';
import classes from './TextLink.module.css';

interface TextAnchorProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  /** Makes the whole table row or card that holds it clickable. */
  stretched?: boolean;
  ref?: Ref<HTMLAnchorElement>;
}

function TextAnchor({ stretched, className, ...props }: TextAnchorProps) {
  const names = [classes.link, stretched && classes.stretched, className].filter(Boolean).join(' ');
  return <a {...props} className={names} />;
}

/** A typed link to a route: `<TextLink to="/servers/$id" params={{ id }}>…</TextLink>`. */
export const TextLink = createLink(TextAnchor);
