import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language';
import { shell } from '@codemirror/legacy-modes/mode/shell';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

export type CodeLanguage = 'yaml' | 'shell';

const highlight = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.keyword], color: 'var(--rk-accent)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--mantine-color-green-text)' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: 'var(--mantine-color-orange-text)' },
  { tag: [tags.variableName, tags.definition(tags.variableName)], color: 'var(--mantine-color-blue-text)' },
  { tag: [tags.comment, tags.meta], color: 'var(--rk-muted)' },
]);

/** The product's look, in both colour schemes: its colours are variables. */
export const codeLook = EditorView.theme({
  '&': {
    border: '1px solid var(--rk-border)',
    borderRadius: '8px',
    backgroundColor: 'var(--rk-code)',
    color: 'var(--rk-text)',
    fontSize: '0.75rem',
    overflow: 'hidden',
  },
  '&.cm-focused': { outline: '2px solid var(--rk-accent)', outlineOffset: '2px' },
  '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '1.6' },
  '.cm-content': { padding: '8px 0' },
  '.cm-gutters': {
    backgroundColor: 'transparent',
    color: 'var(--rk-muted)',
    border: 'none',
    paddingInlineStart: '4px',
  },
});

/** Understands and colours a language. */
export const codeSyntax = (language: CodeLanguage): Extension => [
  language === 'yaml' ? yaml() : StreamLanguage.define(shell),
  syntaxHighlighting(highlight),
];
