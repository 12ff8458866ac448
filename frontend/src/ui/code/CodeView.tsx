import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { CodeLanguage } from './CodeViewer';

// CodeMirror is large; a page is useful before it is here.
const CodeViewer = lazy(() => import('./CodeViewer'));

interface CodeViewProps {
  code: string;
  language: CodeLanguage;
  /** What it is, for its accessible name: "Content of Nginx". */
  label: string;
  /** Scrolls beyond this height. */
  maxHeight?: number;
}

/** Code to read: highlighted, numbered, reachable by keyboard, never editable. */
export function CodeView(props: CodeViewProps) {
  return (
    <Suspense fallback={<Skeleton height={160} radius="md" aria-label={`Loading: ${props.label}`} role="status" />}>
      <CodeViewer {...props} />
    </Suspense>
  );
}
