import type { RunEvent } from './runLog';

/**
 * An event as a line of a log that a receipt's digest is about: its members in the order of the alphabet, without
 * spaces, nothing left out.
 */
export function eventLine(event: RunEvent): string {
  const { at, finished, host, kind, planned, sequence, status, taskIndex, taskName, taskStatus, text } = event;
  return JSON.stringify({ at, finished, host, kind, planned, sequence, status, taskIndex, taskName, taskStatus, text });
}
