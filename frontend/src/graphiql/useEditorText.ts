import type { MonacoEditor } from '@graphiql/react';
import { useCallback, useSyncExternalStore } from 'react';

/** What an editor holds, as it changes. */
export function useEditorText(editor: MonacoEditor | undefined): string {
  const subscribe = useCallback(
    (onChange: () => void) => {
      const subscription = editor?.onDidChangeModelContent(onChange);
      return () => subscription?.dispose();
    },
    [editor],
  );
  return useSyncExternalStore(subscribe, () => editor?.getModel()?.getValue() ?? '');
}
