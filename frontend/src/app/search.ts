/** Search parameters as every page sees them: text, or several texts where a name is repeated. */
export type Search = Record<string, string | string[] | undefined>;

/** `?status=PENDING&status=FAILED` → `{ status: ['PENDING', 'FAILED'] }`. */
export function parseSearch(query: string): Search {
  const search: Search = {};
  for (const [name, value] of new URLSearchParams(query)) {
    const before = search[name];
    search[name] = before === undefined ? value : [before, value].flat();
  }
  return search;
}

export function stringifySearch(search: Record<string, unknown>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const item of [value].flat()) {
      if (item !== undefined && item !== null && item !== '') query.append(name, String(item));
    }
  }
  const text = query.toString();
  return text ? `?${text}` : '';
}

/** What leads back from the sign-in page. */
export const signInSearch = (target: string): Search => ({ next: target === '/' ? undefined : target });

/** Only `/path` of this site: never `//host` or a scheme, which a crafted link could smuggle in. */
export function safeTarget(target: string | undefined): string {
  return target && /^\/(?![/\\])/.test(target) ? target : '/';
}
