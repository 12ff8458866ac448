import { Text, VisuallyHidden } from '@mantine/core';
import { Fragment, useMemo } from 'react';
import { formatCount } from '~/ui';
import classes from './DiffView.module.css';
import { foldSame, lineDiff, type DiffLine } from './lineDiff';

interface DiffViewProps {
  /** What is compared, for its accessible name. */
  label: string;
  before: string;
  after: string;
}

/** What changed between two texts, line by line. */
export function DiffView({ label, before, after }: DiffViewProps) {
  const { parts, added, removed } = useMemo(() => {
    const lines = lineDiff(before, after);
    const count = (kind: DiffLine['kind']) => lines.filter((line) => line.kind === kind).length;
    return { parts: foldSame(lines), added: count('added'), removed: count('removed') };
  }, [before, after]);

  if (added + removed === 0) {
    return (
      <Text size="sm" c="dimmed">
        The content is the same; the declared variables may differ.
      </Text>
    );
  }
  return (
    <div>
      <Text size="sm" c="dimmed" mb={6}>
        {formatCount(added, 'line')} added, {formatCount(removed, 'line')} removed
      </Text>
      <div className={classes.scroll} tabIndex={0} role="group" aria-label={label}>
        <table className={classes.table} aria-label={label}>
          <tbody>
            {parts.map((part, index) =>
              part.kind === 'hidden' ? (
                <tr key={index} className={classes.hidden}>
                  <td colSpan={4}>{formatCount(part.count, 'equal line')}</td>
                </tr>
              ) : (
                <Fragment key={index}>
                  {part.lines.map((line) => (
                    <Line key={`${line.before ?? ''}-${line.after ?? ''}`} line={line} />
                  ))}
                </Fragment>
              ),
            )}
          </tbody>
        </table>
      </div>
    </div>
  );
}

const SIGNS = { same: ' ', removed: '−', added: '+' } as const;
const WORDS = { same: '', removed: 'Removed:', added: 'Added:' } as const;

function Line({ line }: { line: DiffLine }) {
  return (
    <tr data-kind={line.kind}>
      <td className={classes.number}>{line.before}</td>
      <td className={classes.number}>{line.after}</td>
      <td className={classes.sign}>
        <span aria-hidden>{SIGNS[line.kind]}</span>
        <VisuallyHidden>{WORDS[line.kind]}</VisuallyHidden>
      </td>
      <td className={classes.text}>{line.text}</td>
    </tr>
  );
}
