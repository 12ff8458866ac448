import classes from './ProgressBar.module.css';
import type { Tone } from './status';
import tones from './tones.module.css';

interface ProgressBarProps {
  label: string;
  /** 0 to 100; null when it goes on and nobody knows how far it is. */
  percent: number | null;
  tone?: Tone;
  size?: 'sm' | 'md';
}

/** How far something is. Without a number it moves and claims none. */
export function ProgressBar({ label, percent, tone = 'blue', size = 'md' }: ProgressBarProps) {
  return (
    <div
      className={classes.track}
      data-size={size}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent ?? undefined}
    >
      <div
        className={`${classes.bar} ${tones.fill}`}
        data-tone={tone}
        data-indeterminate={percent === null || undefined}
        style={percent === null ? undefined : { width: `${Math.min(100, Math.max(0, percent))}%` }}
      />
    </div>
  );
}
