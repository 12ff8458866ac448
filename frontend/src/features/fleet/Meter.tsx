import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { ProgressBar } from '~/ui/ProgressBar';
import { meterTone, percentOf } from './meter';
import classes from './Meter.module.css';

interface MeterProps {
  /** What is measured, for its accessible name. */
  label: string;
  used: number;
  most: number;
  /** As it is written: "4 of 15". */
  children: ReactNode;
}

/** How much of a limit is used: words first, a bar under them. */
export function Meter({ label, used, most, children }: MeterProps) {
  const percent = percentOf(used, most);
  return (
    <span className={classes.meter}>
      <Text component="span" size="sm" className={classes.words}>
        {children}
      </Text>
      <ProgressBar size="sm" label={label} percent={Math.min(100, percent)} tone={meterTone(percent)} />
    </span>
  );
}
