import { statusLook } from '~/ui/status';
import type { LogLine } from './runLog';

export interface LogFilter {
  host: string | null;
  taskIndex: number | null;
}

/** The rows that a filter leaves, in order. Rows of no host or task belong to the run, so a filter leaves them out. */
export function filterLines(lines: readonly LogLine[], { host, taskIndex }: LogFilter): readonly LogLine[] {
  if (host === null && taskIndex === null) return lines;
  return lines.filter(
    (line) =>
      (taskIndex === null || line.taskIndex === taskIndex) &&
      // A task's heading belongs to every host.
      (host === null || line.host === host || (line.kind === 'task' && taskIndex !== null)),
  );
}

/** A row as it is read, searched and copied. */
export function lineText(line: LogLine): string {
  switch (line.kind) {
    case 'task':
      return `TASK ${line.taskIndex ?? ''} ${line.text}`;
    case 'result': {
      const label = line.taskStatus ? statusLook('task', line.taskStatus).label : '';
      return `${label}: ${line.host ?? ''}${line.text ? ` ${line.text}` : ''}`;
    }
    case 'status':
      return line.text;
    case 'output':
      return line.text;
  }
}

/** Positions of the rows that hold the words, whatever their case. */
export function findMatches(lines: readonly LogLine[], words: string): number[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === '') return [];
  const found: number[] = [];
  lines.forEach((line, position) => {
    if (lineText(line).toLowerCase().includes(wanted)) found.push(position);
  });
  return found;
}

/** Cuts a text at the words: even parts are ordinary, odd parts match. */
export function splitMatches(text: string, words: string): string[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === '') return [text];
  const lower = text.toLowerCase();
  // Lower case of some letters is longer, which would shift every position.
  if (lower.length !== text.length) return [text];
  const parts: string[] = [];
  let from = 0;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, from)) {
    parts.push(text.slice(from, at), text.slice(at, at + wanted.length));
    from = at + wanted.length;
  }
  parts.push(text.slice(from));
  return parts;
}

/** The rows as a text file; with the host, because the file has no columns. */
export function exportText(lines: readonly LogLine[]): string {
  return lines
    .map((line) => {
      const host = line.kind === 'output' && line.host ? `[${line.host}] ` : '';
      return `${line.sequence}\t${line.at}\t${host}${lineText(line)}`;
    })
    .join('\n');
}

/** `#L123` → 123. */
export function sequenceOfHash(hash: string): number | null {
  const number = /^#?L(\d{1,15})$/.exec(hash)?.[1];
  return number ? Number(number) : null;
}

/** Which rows to draw for a scroll position. */
export function windowOf(scrollTop: number, height: number, rowHeight: number, count: number, overscan = 12) {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - overscan);
  const last = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + overscan);
  return { first: Math.min(first, last), last };
}

/** Host names without what they all begin with, cut at a separator: what tells them apart fits a narrow column. */
export function shortHosts(hosts: readonly string[]): Map<string, string> {
  const [first = '', ...others] = hosts;
  let length = 0;
  if (others.length > 0) {
    while (length < first.length && others.every((host) => host[length] === first[length])) length += 1;
    while (length > 0 && !/[-_.]/.test(first[length - 1]!)) length -= 1;
  }
  const wouldVanish = hosts.some((host) => host.length === length);
  return new Map(hosts.map((host) => [host, wouldVanish ? host : host.slice(length)]));
}
