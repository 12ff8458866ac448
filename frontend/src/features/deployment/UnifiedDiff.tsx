import { VisuallyHidden } from '@mantine/core';
import classes from './DiffView.module.css';

type Kind = 'same' | 'removed' | 'added' | 'heading';

const WORDS: Record<Kind, string> = { same: '', removed: 'Removed: ', added: 'Added: ', heading: '' };

/** A line of `diff -u` by its first letter; the two lines that name the files are no change. */
function kindOf(line: string): Kind {
  if (line.startsWith('--- ') || line.startsWith('+++ ') || line.startsWith('@@')) return 'heading';
  if (line.startsWith('+')) return 'added';
  if (line.startsWith('-')) return 'removed';
  return 'same';
}

/** A difference that a program has written as `diff -u` does. */
export function UnifiedDiff({ label, text }: { label: string; text: string }) {
  const lines = text.replace(/\n+$/, '').split('\n');
  return (
    <div className={classes.scroll} tabIndex={0} role="group" aria-label={label}>
      <table className={classes.table} aria-label={label}>
        <tbody>
          {lines.map((line, index) => {
            const kind = kindOf(line);
            return (
              <tr key={index} data-kind={kind} className={kind === 'heading' ? classes.heading : undefined}>
                <td className={classes.text}>
                  <VisuallyHidden>{WORDS[kind]}</VisuallyHidden>
                  {line}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
