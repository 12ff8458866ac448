import { formatCount, formatDateTime, formatDuration } from '~/ui/format';
import { statusLook } from '~/ui/status';
import type { RunStatistics, ServerRun } from './serverRunsQuery';

/** A share as whole percent, of which 100 is all and 0 none. */
export function formatRate(rate: number): string {
  const percent = rate * 100;
  if (percent > 0 && percent < 1) return '< 1 %';
  if (percent < 100 && percent > 99) return '> 99 %';
  return `${Math.round(percent)} %`;
}

/** "18 of 24 succeeded, 4 failed, 2 unreachable": what there is none of is left out. */
export function countsInWords(statistics: Omit<RunStatistics, 'days'>): string {
  const others = [
    [statistics.failed, 'failed'],
    [statistics.unreachable, 'unreachable'],
    [statistics.unknown, 'unknown'],
    [statistics.cancelled, 'cancelled'],
    [statistics.notRun, 'not begun'],
  ] as const;
  const words = others.filter(([count]) => count > 0).map(([count, name]) => `${count.toLocaleString('en')} ${name}`);
  return [`${statistics.succeeded.toLocaleString('en')} of ${formatCount(statistics.total, 'run')} succeeded`, ...words].join(', ');
}

/** What a run of the strip says to who does not see its colour. */
export function runInWords({ outcome, durationMs, recordedAt, script }: Pick<ServerRun, 'outcome' | 'durationMs' | 'recordedAt' | 'script'>): string {
  const parts = [
    statusLook('host', outcome).label,
    script?.name,
    durationMs == null ? null : formatDuration(durationMs),
    formatDateTime(recordedAt),
  ];
  return parts.filter(Boolean).join(', ');
}
