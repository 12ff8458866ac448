import { Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { CodeView } from '~/ui';
import classes from './ScriptFiles.module.css';
import { languageOfFile } from './scriptQuery';

interface ScriptFilesProps {
  files: readonly { path: string; content: string }[];
  /** What they lie beside, for their accessible names: "Nginx, revision 3". */
  of: string;
}

/** The files beside a playbook, to read. */
export function ScriptFiles({ files, of }: ScriptFilesProps) {
  if (files.length === 0) return null;
  return (
    <div>
      <h3 className={classes.heading}>Files beside it</h3>
      <Stack gap="xs">
        {files.map(({ path, content }) => (
          <File key={path} path={path} content={content} of={of} />
        ))}
      </Stack>
    </div>
  );
}

function File({ path, content, of }: { path: string; content: string; of: string }) {
  const [opened, setOpened] = useState(false);
  return (
    <details className={classes.file} onToggle={(event) => setOpened(event.currentTarget.open)}>
      <summary>
        <code>{path}</code>
      </summary>
      <div className={classes.body}>
        {content === '' ? (
          <Text size="sm" c="dimmed">
            Empty
          </Text>
        ) : (
          opened && <CodeView code={content} language={languageOfFile(path)} label={`${path} of ${of}`} />
        )}
      </div>
    </details>
  );
}
