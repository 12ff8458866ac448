export interface DiffLine {
  kind: 'same' | 'removed' | 'added';
  text: string;
  /** Line numbers from 1, on the side or sides that have the line. */
  before: number | null;
  after: number | null;
}

/** More pairs than this are not compared one by one: everything between the common ends counts as replaced. */
const MOST_PAIRS = 4_000_000;

/** The lines of two texts, side by side by their longest common subsequence. */
export function lineDiff(before: string, after: string): DiffLine[] {
  const a = split(before);
  const b = split(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;

  const lines: DiffLine[] = [];
  const same = (i: number, j: number) => lines.push({ kind: 'same', text: a[i]!, before: i + 1, after: j + 1 });
  const removed = (i: number) => lines.push({ kind: 'removed', text: a[i]!, before: i + 1, after: null });
  const added = (j: number) => lines.push({ kind: 'added', text: b[j]!, before: null, after: j + 1 });

  for (let i = 0; i < head; i += 1) same(i, i);
  middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail), {
    same: (i, j) => same(head + i, head + j),
    removed: (i) => removed(head + i),
    added: (j) => added(head + j),
  });
  for (let k = tail; k > 0; k -= 1) same(a.length - k, b.length - k);
  return lines;
}

function split(text: string): string[] {
  const lines = text.split('\n');
  // A final line break ends the last line; it does not begin another.
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

interface Sink {
  same: (i: number, j: number) => void;
  removed: (i: number) => void;
  added: (j: number) => void;
}

function middle(a: readonly string[], b: readonly string[], sink: Sink) {
  if (a.length * b.length > MOST_PAIRS) {
    a.forEach((_, i) => sink.removed(i));
    b.forEach((_, j) => sink.added(j));
    return;
  }
  // common[i][j]: length of the longest common subsequence of a from i and b from j.
  const width = b.length + 1;
  const common = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      common[i * width + j] =
        a[i] === b[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      sink.same(i, j);
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || common[(i + 1) * width + j]! >= common[i * width + j + 1]!)) {
      sink.removed(i);
      i += 1;
    } else {
      sink.added(j);
      j += 1;
    }
  }
}

export type DiffPart = { kind: 'lines'; lines: DiffLine[] } | { kind: 'hidden'; count: number };

/** Leaves out long runs of equal lines but for `context` lines around each change. */
export function foldSame(lines: readonly DiffLine[], context = 3): DiffPart[] {
  const near = lines.map(() => false);
  lines.forEach((line, position) => {
    if (line.kind === 'same') return;
    for (let k = Math.max(0, position - context); k <= Math.min(lines.length - 1, position + context); k += 1) near[k] = true;
  });
  const parts: DiffPart[] = [];
  lines.forEach((line, position) => {
    const last = parts.at(-1);
    if (near[position]) {
      if (last?.kind === 'lines') last.lines.push(line);
      else parts.push({ kind: 'lines', lines: [line] });
    } else if (last?.kind === 'hidden') last.count += 1;
    else parts.push({ kind: 'hidden', count: 1 });
  });
  return parts;
}
