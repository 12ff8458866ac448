import { Text } from '@mantine/core';
import { formatMoney } from './format';

interface MoneyProps {
  /** Cents of a euro; null where no price is known. */
  cents: number | null | undefined;
  /** Written after the amount, for example `/ month`. */
  per?: string;
}

export function Money({ cents, per }: MoneyProps) {
  if (cents == null) return <Text component="span" inherit c="dimmed">No price</Text>;
  return (
    <span style={{ fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' }}>
      {formatMoney(cents)}
      {per && <Text component="span" inherit c="dimmed">{` ${per}`}</Text>}
    </span>
  );
}
