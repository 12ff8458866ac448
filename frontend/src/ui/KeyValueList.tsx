import type { ReactNode } from 'react';
import classes from './KeyValueList.module.css';

interface KeyValueListProps {
  /** Entries whose value is null, undefined or '' show a dash; false leaves the entry out. */
  entries: readonly (readonly [label: string, value: ReactNode] | false)[];
  columns?: 1 | 2 | 3;
}

/** Facts about one thing, as a description list. */
export function KeyValueList({ entries, columns = 1 }: KeyValueListProps) {
  return (
    <dl className={classes.list} data-columns={columns}>
      {entries.map(
        (entry) =>
          entry && (
            <div key={entry[0]} className={classes.entry}>
              <dt>{entry[0]}</dt>
              <dd>{entry[1] == null || entry[1] === '' ? '–' : entry[1]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
