import { statusLook, type StatusKind, type StatusValue } from './status';
import classes from './StatusBadge.module.css';

interface StatusBadgeProps<Kind extends StatusKind> {
  /** Which enum the value belongs to. */
  of: Kind;
  value: StatusValue<Kind>;
  /** `plain` has no tinted background: for dense tables. */
  variant?: 'tinted' | 'plain';
}

/** A status as icon and text, never as colour alone. */
export function StatusBadge<Kind extends StatusKind>({ of, value, variant = 'tinted' }: StatusBadgeProps<Kind>) {
  const { label, tone, icon: Icon, busy } = statusLook(of, value);
  return (
    <span className={classes.badge} data-tone={tone} data-variant={variant}>
      <Icon size={14} stroke={2} className={busy ? classes.busy : undefined} aria-hidden />
      {label}
    </span>
  );
}
