import { describe, expect, it } from 'vitest';
import { foldSame, lineDiff } from './lineDiff';

const short = (before: string, after: string) =>
  lineDiff(before, after).map(({ kind, text }) => `${{ same: ' ', removed: '-', added: '+' }[kind]}${text}`);

describe('lineDiff', () => {
  it('finds what was taken away and what was added', () => {
    expect(short('a\nb\nc\nd\n', 'a\nc\nx\nd\n')).toEqual([' a', '-b', ' c', '+x', ' d']);
    expect(short('', 'a\n')).toEqual(['+a']);
    expect(short('a', 'a\n')).toEqual([' a']);
    expect(short('a\na\n', 'a\n')).toEqual([' a', '-a']);
  });

  it('numbers the lines of both sides', () => {
    expect(lineDiff('a\nb', 'b\nc')).toEqual([
      { kind: 'removed', text: 'a', before: 1, after: null },
      { kind: 'same', text: 'b', before: 2, after: 1 },
      { kind: 'added', text: 'c', before: null, after: 2 },
    ]);
  });

  it('gives up on pairs, not on the answer, where texts are huge', () => {
    const many = (letter: string) => Array.from({ length: 3000 }, (_, i) => letter + i).join('\n');
    const lines = lineDiff(`head\n${many('a')}\ntail`, `head\n${many('b')}\ntail`);
    expect(lines).toHaveLength(6002);
    expect(lines[0]?.kind).toBe('same');
    expect(lines.at(-1)).toMatchObject({ kind: 'same', before: 3002, after: 3002 });
  });
});

it('folds what is far from a change', () => {
  const same = (count: number) => Array.from({ length: count }, (_, i) => `s${i}`).join('\n');
  const parts = foldSame(lineDiff(`${same(10)}\nold`, `${same(10)}\nnew`), 2);
  expect(parts.map((part) => (part.kind === 'hidden' ? part.count : part.lines.length))).toEqual([8, 4]);
});
