import type { Storage } from '@graphiql/toolkit';

const PREFIX = 'graphiql:';

/** A member of JSON, or an argument of a document, whose value is nobody's business. */
const SECRET = '[\\w-]*(?:password|passphrase|secret|token|private_?key)[\\w-]*';
const IN_DOCUMENT = new RegExp(`(\\b${SECRET}\\s*:\\s*)("""[^]*?"""|"(?:[^"\\\\\\n]|\\\\.)*")`, 'gi');
const IN_JSON = new RegExp(`("${SECRET}"\\s*:\\s*)"(?:[^"\\\\\\n]|\\\\.)*"`, 'gi');

/**
 * Where GraphiQL keeps its tabs and its history. Whatever is kept here, any script of this site can read later: headers
 * are left out (its history would keep them, whatever its settings say), and so are passwords and the like.
 */
export function createStorage(store: globalThis.Storage = localStorage): Storage {
  const ours = () => Object.keys(store).filter((key) => key.startsWith(PREFIX));
  return {
    getItem: (key) => store.getItem(key),
    setItem: (key, value) => store.setItem(key, withoutSecrets(key.slice(PREFIX.length), value)),
    removeItem: (key) => store.removeItem(key),
    clear: () => ours().forEach((key) => store.removeItem(key)),
    get length() {
      return ours().length;
    },
  };
}

export function withoutSecrets(name: string, value: string): string {
  switch (name) {
    case 'headers':
      return '';
    case 'query':
    case 'variables':
      return scrub(value);
    case 'tabState':
    case 'queries':
    case 'favorites':
      return scrubAll(value);
    default:
      return value;
  }
}

const scrub = (text: string) => text.replace(IN_JSON, '$1""').replace(IN_DOCUMENT, '$1""');

/** JSON that holds documents and variables as texts somewhere inside. */
function scrubAll(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), (key, value: unknown) => {
      if (key === 'headers') return null;
      // What names a tab or an entry of the history is not scrubbed: it has no values in it.
      return typeof value === 'string' ? scrub(value) : value;
    });
  } catch {
    return '';
  }
}
