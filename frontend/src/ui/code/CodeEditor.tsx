import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentOnInput, indentUnit } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, StateEffect, StateField, type Extension } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
  WidgetType,
  type DecorationSet,
} from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { codeLook, codeSyntax, type CodeLanguage } from './codeLook';

export interface LineError {
  /** From 1. */
  line: number;
  message: string;
}

export interface CodeEditorProps {
  /** Read when the editor appears and whenever `version` changes; between, the editor holds the text. */
  value: string;
  version?: number;
  language: CodeLanguage;
  /** Its accessible name. */
  label: string;
  /** Id of what describes it, such as how to leave it by keyboard. */
  describedBy?: string;
  invalid?: boolean;
  errors: readonly LineError[];
  onChange: (value: string) => void;
  /** Ctrl or Cmd and S. */
  onSave: () => void;
}

const showErrors = StateEffect.define<readonly LineError[]>();

class ErrorWidget extends WidgetType {
  constructor(private readonly message: string) {
    super();
  }

  override eq(other: ErrorWidget) {
    return other.message === this.message;
  }

  toDOM() {
    const element = document.createElement('div');
    element.className = 'rk-line-error';
    element.textContent = this.message;
    return element;
  }
}

const errorField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, transaction) {
    let marks = before.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(showErrors)) continue;
      const { doc } = transaction.state;
      marks = Decoration.set(
        effect.value
          .filter(({ line }) => line >= 1 && line <= doc.lines)
          .flatMap(({ line, message }) => {
            const { from, to } = doc.line(line);
            return [
              Decoration.line({ class: 'rk-error-line' }).range(from),
              Decoration.widget({ widget: new ErrorWidget(message), block: true, side: 1 }).range(to),
            ];
          }),
        true,
      );
    }
    return marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

const look = EditorView.theme({
  '.cm-scroller': { minHeight: '320px', maxHeight: '62vh' },
  '.cm-content': { caretColor: 'var(--rk-text)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--rk-hover)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--rk-accent) 24%, transparent) !important',
  },
  '.cm-cursor': { borderLeftColor: 'var(--rk-text)' },
  '.cm-matchingBracket': { backgroundColor: 'var(--rk-accent-soft)', outline: '1px solid var(--rk-border)' },
  '.cm-searchMatch': { backgroundColor: '#ffd75e', color: '#14151f' },
  '.cm-panels': { backgroundColor: 'var(--rk-sunken)', color: 'var(--rk-text)' },
  '.cm-panel.cm-search': { fontFamily: 'var(--mantine-font-family)', padding: '6px 8px' },
  '.cm-textfield, .cm-button': {
    border: '1px solid var(--mantine-color-default-border)',
    borderRadius: '6px',
    backgroundColor: 'var(--rk-surface)',
    backgroundImage: 'none',
    color: 'var(--rk-text)',
  },
  '.rk-error-line': { backgroundColor: 'var(--mantine-color-red-light)' },
  '.rk-line-error': {
    padding: '4px 10px',
    borderLeft: '3px solid var(--mantine-color-red-text)',
    backgroundColor: 'var(--mantine-color-red-light)',
    color: 'var(--mantine-color-red-light-color)',
    fontFamily: 'var(--mantine-font-family)',
    whiteSpace: 'pre-wrap',
  },
});

/** Code to write. Tab indents; Escape and then Tab leaves, as CodeMirror does it. */
export default function CodeEditor(props: CodeEditorProps) {
  const { version = 0, language, label, describedBy, invalid = false, errors } = props;
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorView>(null);
  const syntax = useRef(new Compartment());
  const attributes = useRef(new Compartment());
  const latest = useRef(props);
  latest.current = props;

  const described = (): Extension =>
    EditorView.contentAttributes.of({
      'aria-label': label,
      'aria-multiline': 'true',
      // It takes the focus without this as well, but checkers do not know.
      tabindex: '0',
      ...(describedBy ? { 'aria-describedby': describedBy } : {}),
      ...(invalid ? { 'aria-invalid': 'true' } : {}),
    });

  useEffect(() => {
    if (!host.current) return undefined;
    const save = () => {
      latest.current.onSave();
      return true;
    };
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          lineNumbers(),
          history(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          highlightSelectionMatches(),
          search({ top: true }),
          indentUnit.of('  '),
          EditorState.tabSize.of(2),
          errorField,
          codeLook,
          look,
          syntax.current.of(codeSyntax(latest.current.language)),
          attributes.current.of([]),
          keymap.of([{ key: 'Mod-s', run: save, preventDefault: true }]),
          keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    editor.current = view;
    return () => {
      view.destroy();
      editor.current = null;
    };
  }, []);

  useEffect(() => {
    const view = editor.current;
    if (!view || view.state.doc.toString() === latest.current.value) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: latest.current.value } });
  }, [version]);

  useEffect(() => {
    editor.current?.dispatch({ effects: syntax.current.reconfigure(codeSyntax(language)) });
  }, [language]);

  useEffect(() => {
    editor.current?.dispatch({ effects: attributes.current.reconfigure(described()) });
  }, [label, describedBy, invalid]);

  useEffect(() => {
    const view = editor.current;
    if (!view) return;
    const first = errors.find(({ line }) => line >= 1 && line <= view.state.doc.lines);
    const position = first && view.state.doc.line(first.line).from;
    view.dispatch({
      effects: showErrors.of(errors),
      ...(position === undefined ? {} : { selection: { anchor: position }, scrollIntoView: true }),
    });
    if (position !== undefined) view.focus();
  }, [errors]);

  return <div ref={host} />;
}
