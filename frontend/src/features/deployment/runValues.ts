import type { VariableValues } from '~/features/provisioning/variables';

/** What somebody fills in to run a script. */
export interface RunValues {
  by: 'servers' | 'labels';
  serverIds: string[];
  projectId: string | null;
  labels: string[];
  /** How many at once: `5` or `20%`; all at once where it is empty. */
  batch: string;
  /** How many may fail before no further batch is begun, likewise. */
  maxFailures: string;
  variables: VariableValues;
}

const SHARE = /^(\d{1,3})\s*(%?)$/;

/** Reads `5` or `20%`; null for nothing. */
export function shareInput(text: string) {
  const found = SHARE.exec(text.trim());
  if (!found) return null;
  const number = Number(found[1]);
  return found[2] ? { percent: number } : { hosts: number };
}

/** What is wrong with a share that is filled in. */
export function shareError(text: string, least: number): string | null {
  const found = SHARE.exec(text.trim());
  if (text.trim() === '' || (found && Number(found[1]) >= least && Number(found[1]) <= 100)) return null;
  return `A number from ${least} to 100, or a share such as 20%.`;
}
