/** What the server says in `extensions.cost` of an answer. */
export interface Cost {
  requested?: number;
  actual?: number;
  remaining?: number;
  resetAt?: string;
}

/** The cost that an answer tells, from its text as it is shown; nothing if it tells none. */
export function costOf(answer: string): Cost | null {
  // Most answers that are long tell none, and need not be read for that.
  if (!answer.includes('"cost"')) return null;
  try {
    const { extensions } = JSON.parse(answer) as { extensions?: { cost?: unknown } };
    const cost = extensions?.cost;
    return typeof cost === 'object' && cost !== null ? (cost as Cost) : null;
  } catch {
    return null;
  }
}

/** `Cost 12 of 13, 19,987 left until 14:03`: as much of it as the server told. */
export function costLine({ requested, actual, remaining, resetAt }: Cost, locale?: string): string {
  const count = (value: number) => value.toLocaleString(locale);
  const parts: string[] = [];
  if (isNumber(actual) && isNumber(requested)) parts.push(`Cost ${count(actual)} of ${count(requested)}`);
  else if (isNumber(actual) || isNumber(requested)) parts.push(`Cost ${count((actual ?? requested)!)}`);
  if (isNumber(remaining)) {
    const reset = resetAt ? new Date(resetAt) : null;
    const until =
      reset && !Number.isNaN(reset.getTime())
        ? ` until ${reset.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit' })}`
        : '';
    parts.push(`${count(remaining)} left${until}`);
  }
  return parts.join(', ');
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
