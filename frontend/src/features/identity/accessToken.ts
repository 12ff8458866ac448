const DAY_MS = 86_400_000;

/** How long a token may last, in days, with the words for it. */
export const LIFETIMES = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '180', label: '180 days' },
  { value: '365', label: 'A year' },
] as const;

export type TokenState = 'ACTIVE' | 'EXPIRED' | 'REVOKED';

/** Whether a token can be used now, or why not. */
export function tokenState(token: { expiresAt: string; revokedAt: string | null }, nowMs = Date.now()): TokenState {
  if (token.revokedAt) return 'REVOKED';
  return new Date(token.expiresAt).getTime() <= nowMs ? 'EXPIRED' : 'ACTIVE';
}

/** The time so many days from now. */
export function inDays(days: number, nowMs = Date.now()): string {
  return new Date(nowMs + days * DAY_MS).toISOString();
}
