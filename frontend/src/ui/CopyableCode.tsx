import { ActionIcon, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import classes from './CopyableCode.module.css';
import { Hint } from './Hint';

interface CopyableCodeProps {
  value: string;
  /** What it is, for the button's name: "plan digest". */
  label: string;
  /** Shows only the first characters; the whole value is copied and stands in the title. */
  shortenTo?: number;
}

/** A digest, fingerprint or key, in monospace, with a button that copies it. */
export function CopyableCode({ value, label, shortenTo }: CopyableCodeProps) {
  const shown = shortenTo && value.length > shortenTo ? `${value.slice(0, shortenTo)}…` : value;
  return (
    <span className={classes.root}>
      <code title={value} className={classes.code}>
        {shown}
      </code>
      <CopyButton value={value} timeout={1500}>
        {({ copied, copy }) => (
          <Hint label={copied ? 'Copied' : `Copy ${label}`}>
            <ActionIcon size={26} onClick={copy} aria-label={copied ? 'Copied' : `Copy ${label}`}>
              {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            </ActionIcon>
          </Hint>
        )}
      </CopyButton>
    </span>
  );
}
