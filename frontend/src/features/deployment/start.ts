/** When something is to begin, as it is filled in. */
export interface Start {
  isLater: boolean;
  /** As `<input type="datetime-local">` has it: by the clock of whoever looks at it. */
  at: string;
  outsideWindows: boolean;
}

export const AT_ONCE: Start = { isLater: false, at: '', outsideWindows: false };

/** Of a project: the maintenance window that is open, or else the next. */
export interface Opening {
  opensAt: string;
  closesAt: string;
}

/** What was kept, to be changed. */
export const startOf = (runAfter: string | null, outsideWindows: boolean): Start => ({
  isLater: runAfter !== null,
  at: runAfter === null ? '' : localTime(new Date(runAfter)),
  outsideWindows,
});

/** `2026-11-21T22:00`, by the clock of whoever looks at it. */
export function localTime(date: Date): string {
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** What the server is told. */
export function startInput({ isLater, at, outsideWindows }: Start) {
  return { runAt: isLater && at !== '' ? new Date(at).toISOString() : null, outsideWindows };
}

/** What is wrong with it. */
export function startError({ isLater, at }: Start, now: number): string | null {
  if (!isLater) return null;
  const time = new Date(at).getTime();
  if (Number.isNaN(time)) return 'A day and a time.';
  return time < now - 60_000 ? 'That is in the past.' : null;
}

/** When it begins at the earliest, if that is not now: by the time that was chosen and the window. */
export function waitsUntil(start: Start, opening: Opening | null, now: number): string | null {
  const chosen = start.isLater && start.at !== '' ? new Date(start.at).getTime() : now;
  const opens = opening && !start.outsideWindows ? new Date(opening.opensAt).getTime() : now;
  const time = Math.max(chosen, opens);
  return Number.isNaN(time) || time <= now ? null : new Date(time).toISOString();
}
