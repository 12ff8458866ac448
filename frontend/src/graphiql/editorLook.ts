import { useMonaco } from '@graphiql/react';
import { useEffect } from 'react';

/** The names of our looks of the editors. */
export const EDITOR_THEME = { light: 'rookery-light', dark: 'rookery-dark' };

type Rule = { token: string; foreground: string };

const rules = (colors: Record<string, string>): Rule[] =>
  Object.entries(colors).map(([token, foreground]) => ({ token, foreground }));

// Each on its background at 4.5:1 or more; they are those of the app's own code views.
const LIGHT = {
  base: 'vs' as const,
  inherit: true,
  rules: rules({
    '': '1a1c29',
    comment: '5b5e72',
    keyword: '5140cb',
    'key.identifier.gql': '1a1c29',
    'argument.identifier.gql': '0b6265',
    'type.identifier.gql': '885608',
    string: '0f7046',
    'string.key.json': '5140cb',
    'string.value.json': '0f7046',
    number: 'a3440d',
    'keyword.json': '1b51ab',
  }),
  colors: {
    'editor.background': '#ffffff00',
    'editor.foreground': '#1a1c29',
    'editorLineNumber.foreground': '#6b6e82',
    'editorLineNumber.activeForeground': '#1a1c29',
    'editorWidget.background': '#ffffff',
    'editorHoverWidget.background': '#ffffff',
    'editorSuggestWidget.background': '#ffffff',
    'editorSuggestWidget.selectedBackground': '#e4e4ff',
    'editorSuggestWidget.selectedForeground': '#2b2370',
    'editorSuggestWidget.highlightForeground': '#5140cb',
    'textLink.foreground': '#5140cb',
    focusBorder: '#5140cb',
    'scrollbar.shadow': '#ffffff00',
  },
};

const DARK = {
  base: 'vs-dark' as const,
  inherit: true,
  rules: rules({
    '': 'e7e8f0',
    comment: 'a0a3b8',
    keyword: 'b0acff',
    'key.identifier.gql': 'e7e8f0',
    'argument.identifier.gql': '66d0d0',
    'type.identifier.gql': 'f7cb55',
    string: '76d9a4',
    'string.key.json': 'b0acff',
    'string.value.json': '76d9a4',
    number: 'ffab70',
    'keyword.json': '88bcff',
  }),
  colors: {
    'editor.background': '#13151d00',
    'editor.foreground': '#e7e8f0',
    'editorLineNumber.foreground': '#9296ab',
    'editorLineNumber.activeForeground': '#e7e8f0',
    'editorWidget.background': '#191b26',
    'editorHoverWidget.background': '#191b26',
    'editorSuggestWidget.background': '#191b26',
    'editorSuggestWidget.selectedBackground': '#2b2370',
    'editorSuggestWidget.selectedForeground': '#ffffff',
    'editorSuggestWidget.highlightForeground': '#b0acff',
    'textLink.foreground': '#b0acff',
    focusBorder: '#b0acff',
    'scrollbar.shadow': '#13151d00',
  },
};

/** Gives the editors our colours, and our font once it is there: they measure its letters. */
export function useEditorLook(scheme: 'light' | 'dark'): void {
  const monaco = useMonaco((state) => state.monaco);
  useEffect(() => {
    if (!monaco) return;
    monaco.editor.defineTheme(EDITOR_THEME.light, LIGHT);
    monaco.editor.defineTheme(EDITOR_THEME.dark, DARK);
    monaco.editor.setTheme(EDITOR_THEME[scheme]);
  }, [monaco, scheme]);

  useEffect(() => {
    if (!monaco) return;
    const options = {
      fontFamily: "'Geist Mono Variable', ui-monospace, Menlo, monospace",
      fontSize: 13,
      lineHeight: 20,
      // A last line without text would have its number too pale to read.
      renderFinalNewline: 'on',
    } as const;
    for (const editor of monaco.editor.getEditors()) editor.updateOptions(options);
    const made = monaco.editor.onDidCreateEditor((editor) => {
      // It is not whole yet while it is announced.
      queueMicrotask(() => editor.updateOptions(options));
    });
    void document.fonts.load("13px 'Geist Mono Variable'").then(() => monaco.editor.remeasureFonts());
    return () => made.dispose();
  }, [monaco]);
}
