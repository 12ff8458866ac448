import { Stack, Text } from '@mantine/core';
import { DiffView } from './DiffView';
import classes from './ScriptFiles.module.css';

interface Contents {
  content?: string;
  files?: readonly { path: string; content: string }[];
}

interface RevisionDiffProps {
  /** What is compared, for its accessible name. */
  label: string;
  before: Contents;
  after: Contents;
}

/** What changed in a script and in the files beside it. */
export function RevisionDiff({ label, before, after }: RevisionDiffProps) {
  const [old, now] = [before, after].map(({ files = [] }) => new Map(files.map(({ path, content }) => [path, content])));
  const paths = [...new Set([...old!.keys(), ...now!.keys()])].sort();
  const changed = paths.filter((path) => old!.get(path) !== now!.get(path));
  return (
    <Stack gap="md">
      {(changed.length === 0 || before.content !== after.content) && (
        <DiffView label={label} before={before.content ?? ''} after={after.content ?? ''} />
      )}
      {changed.map((path) => (
        <div key={path}>
          <h3 className={classes.heading}>
            <code>{path}</code>{' '}
            <Text span size="xs" c="dimmed">
              {!old!.has(path) ? 'added' : !now!.has(path) ? 'removed' : 'changed'}
            </Text>
          </h3>
          <DiffView label={`${label}: ${path}`} before={old!.get(path) ?? ''} after={now!.get(path) ?? ''} />
        </div>
      ))}
    </Stack>
  );
}
