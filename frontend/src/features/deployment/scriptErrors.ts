import type { UserError } from '~/api/userErrors';
import type { LineError } from '~/ui/code/CodeEditor';

export interface ScriptErrors {
  /** By path in the form: `name`, `variables.0.default`. */
  fields: Record<string, string>;
  content: LineError[];
  general: string[];
  conflict: boolean;
}

const FIELDS = ['name', 'description', 'kind', 'requiresRoot', 'files', 'variables'];

/** "Line 3: mapping values…" → 3. A message without a line belongs to the whole. */
export function lineOf(message: string): number | null {
  const found = /\bline (\d+)\b/i.exec(message)?.[1];
  return found ? Number(found) : null;
}

/** Sorts what the server did not accept of a script by where the form shows it. */
export function sortScriptErrors(errors: readonly UserError[]): ScriptErrors {
  const sorted: ScriptErrors = { fields: {}, content: [], general: [], conflict: false };
  for (const { code, field, message } of errors) {
    const path = (field ?? []).filter((part, index) => !(index === 0 && part === 'input'));
    const line = lineOf(message);
    if (code === 'CONFLICT') sorted.conflict = true;
    else if (path[0] === 'content' && line !== null) sorted.content.push({ line, message });
    else if (path[0] === 'content') sorted.fields.content ??= message;
    else if (path[0] !== undefined && FIELDS.includes(path[0])) sorted.fields[path.join('.')] ??= message;
    else sorted.general.push(message);
  }
  return sorted;
}
