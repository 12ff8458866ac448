import { EditorState } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { codeLook, codeSyntax, type CodeLanguage } from './codeLook';

export type { CodeLanguage };

interface CodeViewerProps {
  code: string;
  language: CodeLanguage;
  label: string;
  maxHeight?: number;
}

export default function CodeViewer({ code, language, label, maxHeight = 420 }: CodeViewerProps) {
  const host = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!host.current) return undefined;
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: code,
        extensions: [
          lineNumbers(),
          codeSyntax(language),
          codeLook,
          EditorView.theme({ '.cm-scroller': { maxHeight: `${maxHeight}px` } }),
          EditorState.readOnly.of(true),
          EditorView.editable.of(false),
          // Not editable takes the focus away, and with it scrolling by keyboard.
          EditorView.contentAttributes.of({ tabindex: '0', 'aria-label': label, 'aria-readonly': 'true' }),
        ],
      }),
    });
    return () => view.destroy();
  }, [code, language, label, maxHeight]);

  return <div ref={host} />;
}
