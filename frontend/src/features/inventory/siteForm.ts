export type SiteValues = {
  tenantId: string;
  name: string;
  address: string;
  latitude: string;
  longitude: string;
  timezone: string;
};

const DEGREES = /^-?\d{1,3}(\.\d{1,8})?$/;

function degrees(text: string, most: number): string | null {
  if (text.trim() === '') return null;
  const value = Number(text);
  return DEGREES.test(text.trim()) && Math.abs(value) <= most ? null : `Degrees between -${most} and ${most}, such as 40.7505.`;
}

export const validateSite = {
  tenantId: (id: string) => (id ? null : 'Choose the tenant.'),
  name: (name: string) => (name.trim() ? null : 'Give the site a name.'),
  latitude: (text: string, { longitude }: SiteValues) =>
    degrees(text, 90) ?? (text.trim() === '' && longitude.trim() !== '' ? 'Both coordinates, or neither.' : null),
  longitude: (text: string, { latitude }: SiteValues) =>
    degrees(text, 180) ?? (text.trim() === '' && latitude.trim() !== '' ? 'Both coordinates, or neither.' : null),
  timezone: (zone: string) => (zone ? null : 'Choose the time zone.'),
};

const number = (text: string) => (text.trim() === '' ? null : Number(text));

/** The fields that creating and editing share. Empty means none: it removes what was there. */
export const siteInput = (values: SiteValues) => ({
  name: values.name.trim(),
  address: values.address.trim() || null,
  latitude: number(values.latitude),
  longitude: number(values.longitude),
  timezone: values.timezone,
});

/** 40.7505, -73.9934 → "40.7505° N, 73.9934° W". */
export function formatCoordinates(latitude: number | null, longitude: number | null): string | null {
  if (latitude === null || longitude === null) return null;
  const side = (value: number, positive: string, negative: string) =>
    `${Math.abs(value)}° ${value < 0 ? negative : positive}`;
  return `${side(latitude, 'N', 'S')}, ${side(longitude, 'E', 'W')}`;
}

/** Every IANA zone that the browser knows, and the one that is set already. */
export function timezones(present: string): string[] {
  const known = Intl.supportedValuesOf('timeZone');
  return present && !known.includes(present) ? [present, ...known] : known;
}
