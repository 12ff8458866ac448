export interface Header {
  name: string;
  value: string;
}

/** Headers that go together, such as those of one client or one account. */
export interface HeaderSet {
  id: string;
  name: string;
  headers: readonly Header[];
  /** Kept in this browser; otherwise it is gone with the page. */
  remember: boolean;
  /** Also what proves an identity is kept. */
  rememberSecrets: boolean;
}

export interface HeaderSets {
  sets: readonly HeaderSet[];
  /** The id of the one that is sent; null for none. */
  chosen: string | null;
}

export const NO_SETS: HeaderSets = { sets: [], chosen: null };

const KEY = 'rookery-graphiql-headers';
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/i;
/** What the page itself has to say, or the browser does not let a page say. */
const RESERVED = /^(content-type|accept|cookie2?|host|origin|referer|content-length|connection|upgrade|te|trailer|(sec|proxy)-.*)$/i;

/** A header whose value lets whoever has it act as somebody. */
export const isSecret = (name: string) => /authorization|token|secret|password|api-?key/i.test(name);

/** What is wrong with a header; null if nothing is. */
export function headerFault({ name, value }: Header): string | null {
  if (!name) return 'Give the header a name.';
  if (!TOKEN.test(name)) return 'A name has letters, digits and hyphens only.';
  if (RESERVED.test(name)) return 'This one is set by the browser or by the page.';
  return /[^\t\x20-\x7e\xa0-\xff]/.test(value) ? 'A value is one line of plain characters.' : null;
}

/** What is sent for a set; `{{uuid}}` is another one each time. */
export function headersOf({ sets, chosen }: HeaderSets, uuid: () => string): Record<string, string> {
  const headers = sets.find(({ id }) => id === chosen)?.headers ?? [];
  const sent = headers.filter((header) => header.value && headerFault(header) === null);
  return Object.fromEntries(sent.map(({ name, value }) => [name, value.replaceAll('{{uuid}}', uuid)]));
}

export function withSet({ sets, chosen }: HeaderSets, set: HeaderSet): HeaderSets {
  const isKnown = sets.some(({ id }) => id === set.id);
  return {
    sets: isKnown ? sets.map((known) => (known.id === set.id ? set : known)) : [...sets, set],
    chosen: isKnown ? chosen : set.id,
  };
}

export function withoutSet({ sets, chosen }: HeaderSets, id: string): HeaderSets {
  return { sets: sets.filter((set) => set.id !== id), chosen: chosen === id ? null : chosen };
}

/** What of it may be kept where every script of this site can read it. */
export function rememberedOf({ sets, chosen }: HeaderSets): HeaderSets {
  const kept = sets.filter(({ remember }) => remember).map(withoutSecrets);
  return { sets: kept, chosen: kept.some(({ id }) => id === chosen) ? chosen : null };
}

function withoutSecrets(set: HeaderSet): HeaderSet {
  if (set.rememberSecrets) return set;
  return { ...set, headers: set.headers.map((header) => (isSecret(header.name) ? { ...header, value: '' } : header)) };
}

export function saveSets(sets: HeaderSets, store: Storage = localStorage): void {
  const kept = rememberedOf(sets);
  try {
    if (kept.sets.length > 0) store.setItem(KEY, JSON.stringify(kept));
    else store.removeItem(KEY);
  } catch {
    // Full, or closed to the page: the sets are there until the page is left.
  }
}

export function loadSets(store: Storage = localStorage): HeaderSets {
  try {
    const { sets, chosen } = JSON.parse(store.getItem(KEY) ?? 'null') as HeaderSets;
    return sets.every(isSet) ? { sets, chosen } : NO_SETS;
  } catch {
    return NO_SETS;
  }
}

function isSet(set: HeaderSet): boolean {
  const texts = [set.id, set.name, ...set.headers.flatMap(({ name, value }) => [name, value])];
  return texts.every((text) => typeof text === 'string');
}
