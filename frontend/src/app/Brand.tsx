import { useId } from 'react';
import classes from './Brand.module.css';

/** The rook: a bird's head crowned like the chess piece. */
export function BrandMark({ size = 28 }: { size?: number }) {
  const gradient = useId();
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden focusable="false">
      <defs>
        <linearGradient id={gradient} x1="0" y1="0" x2="1" y2="1">
          <stop stopColor="#6d64f5" />
          <stop offset="1" stopColor="#2c2795" />
        </linearGradient>
      </defs>
      <rect width="32" height="32" rx="8" fill={`url(#${gradient})`} />
      <path
        fill="#fff"
        d="M8 7h3.6v2.7h2.6V7h3.6v2.7h2.6V7H24v6.2l-2.6 2.4v1.1L27 14.9l-5.2 5.6.9 2.5H24V26H8v-3h1.3l1.3-6.3v-1.1L8 13.2z"
      />
      <circle cx="18.2" cy="16.1" r="1.3" fill="#3d37b8" />
    </svg>
  );
}

export function Brand({ size = 28 }: { size?: number }) {
  return (
    <span className={classes.brand}>
      <BrandMark size={size} />
      <span className={classes.name}>Rookery</span>
    </span>
  );
}
