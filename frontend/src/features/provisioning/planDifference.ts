interface Target {
  name: string;
  address: string;
  port: number | null;
  user: string | null;
  /** The provider's plan, from which the price follows. */
  type: string | null;
}

/** Where a connection goes: `deploy@192.0.2.1:22`, or the address alone while the rest is not planned. */
export const formatAddress = ({ address, port, user }: Omit<Target, 'name' | 'type'>) =>
  `${user === null ? '' : `${user}@`}${address.includes(':') && port !== null ? `[${address}]` : address}${port === null ? '' : `:${port}`}`;

/** The parts of a plan that are compared: see `PlanFields`. */
export interface ComparablePlan {
  digest: string | null;
  scriptName: string | null;
  scriptRevision: number | null;
  scriptDigest: string | null;
  files: readonly { path: string; digest: string }[];
  requiresRoot: boolean | null;
  targets: readonly Target[];
  variables: readonly { name: string; value: string; secret: boolean }[];
  monthlyPriceCents: number | null;
  canonicalJson: string;
}

export interface Difference {
  what: string;
  approved: string;
  now: string;
}

const NONE = 'none';
const SECRETS = 'secrets.';

type Facts = Map<string, string>;

function facts(plan: ComparablePlan, money: (cents: number) => string): Facts {
  const script =
    plan.scriptName === null ? NONE : `${plan.scriptName}, revision ${plan.scriptRevision ?? '?'}`;
  const entries: [string, string][] = [
    ['Script', script],
    ['Content of the script', plan.scriptDigest ?? NONE],
    ['Rights', plan.requiresRoot === null ? NONE : plan.requiresRoot ? 'root' : 'the signed-in user'],
    ['Target', plan.targets.map((target) => `${target.name} (${formatAddress(target)})`).join(', ') || NONE],
    ['Type of server', plan.targets.map(({ type }) => type ?? NONE).join(', ') || NONE],
    ['Price per month', plan.monthlyPriceCents === null ? NONE : money(plan.monthlyPriceCents)],
  ];
  for (const { path, digest } of plan.files) entries.push([`File ${path}`, digest]);
  for (const { name, value, secret } of plan.variables) {
    if (!secret) entries.push([`Variable ${name}`, value]);
  }
  return new Map(entries);
}

/** What was approved beside what would run now. Empty only when the digests are the same. */
export function planDifferences(
  approved: ComparablePlan,
  now: ComparablePlan,
  money: (cents: number) => string,
): Difference[] {
  if (approved.digest === now.digest) return [];
  if (now.digest === null) return [{ what: 'Plan', approved: 'complete', now: 'not complete' }];
  const [before, after] = [leaves(approved.canonicalJson), leaves(now.canonicalJson)];
  const found = [...compare(facts(approved, money), facts(now, money)), ...secretDifferences(before, after)];
  if (found.length > 0) return found;
  // What has no line of its own is still in the canonical form.
  const deeper = compare(before, after);
  return deeper.length > 0 ? deeper : [{ what: 'Digest', approved: approved.digest ?? NONE, now: now.digest }];
}

/** A plan holds a mark of each secret, which says nothing of it but that it is another one. */
function secretDifferences(before: Facts, after: Facts): Difference[] {
  const marks = (facts: Facts) => new Map([...facts].filter(([path]) => path.startsWith(SECRETS)));
  return compare(marks(before), marks(after)).map(({ what, approved, now }) => ({
    what: `Secret ${what.slice(SECRETS.length)}`,
    approved: approved === NONE ? NONE : 'given',
    now: now === NONE ? NONE : approved === NONE ? 'given' : 'another value',
  }));
}

function compare(before: Facts, after: Facts): Difference[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .map((what) => ({ what, approved: before.get(what) ?? NONE, now: after.get(what) ?? NONE }))
    .filter(({ approved, now }) => approved !== now);
}

function leaves(json: string): Facts {
  const found: Facts = new Map();
  const walk = (value: unknown, path: string) => {
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) walk(inner, path ? `${path}.${key}` : key);
    } else {
      found.set(path, String(value));
    }
  };
  try {
    walk(JSON.parse(json), '');
  } catch {
    found.set('Plan', json);
  }
  return found;
}
