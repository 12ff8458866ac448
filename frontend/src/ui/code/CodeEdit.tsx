import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { CodeEditorProps } from './CodeEditor';

// CodeMirror is large; the form around it is useful before it is here.
const CodeEditor = lazy(() => import('./CodeEditor'));

/** Code to write: see `CodeEditor`. */
export function CodeEdit(props: CodeEditorProps) {
  return (
    <Suspense fallback={<Skeleton height={320} radius="md" aria-label={`Loading: ${props.label}`} role="status" />}>
      <CodeEditor {...props} />
    </Suspense>
  );
}
