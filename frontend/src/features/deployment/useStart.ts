import { useState } from 'react';
import { AT_ONCE, startError, type Start } from './start';

/** When something is to begin, as it is being filled in: what `StartTime` needs, and whether it will do. */
export function useStart(initial: Start = AT_ONCE) {
  const [value, onChange] = useState(initial);
  const [error, setError] = useState<string | null>(null);
  /** `matters` is false where nothing is to begin. */
  const check = (matters = true) => {
    const wrong = matters ? startError(value, Date.now()) : null;
    setError(wrong);
    return wrong === null;
  };
  return { start: value, field: { value, onChange, error }, check };
}
