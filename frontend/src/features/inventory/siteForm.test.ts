import { describe, expect, it } from 'vitest';
import { formatCoordinates, siteInput, timezones, validateSite, type SiteValues } from './siteForm';

const site: SiteValues = { tenantId: 't', name: 'HQ', address: ' ', latitude: '', longitude: '', timezone: 'UTC' };

describe('site form', () => {
  it('takes both coordinates or neither, within bounds', () => {
    expect(validateSite.latitude('', site)).toBeNull();
    expect(validateSite.latitude('', { ...site, longitude: '1' })).toMatch(/Both/);
    expect(validateSite.latitude('91', site)).toMatch(/between -90 and 90/);
    expect(validateSite.latitude('40.7505', { ...site, longitude: '-73.9934' })).toBeNull();
    expect(validateSite.longitude('-180.1', site)).toMatch(/180/);
    expect(validateSite.longitude('1e2', site)).toMatch(/Degrees/);
  });

  it('sends nothing as null', () => {
    expect(siteInput(site)).toEqual({ name: 'HQ', address: null, latitude: null, longitude: null, timezone: 'UTC' });
    expect(siteInput({ ...site, latitude: '-0.5', longitude: '10' })).toMatchObject({ latitude: -0.5, longitude: 10 });
  });

  it('writes coordinates as people do', () => {
    expect(formatCoordinates(40.7505, -73.9934)).toBe('40.7505° N, 73.9934° W');
    expect(formatCoordinates(null, 1)).toBeNull();
  });

  it('keeps a zone that the browser does not know', () => {
    expect(timezones('')).toContain('America/New_York');
    expect(timezones('Mars/Base')[0]).toBe('Mars/Base');
  });
});
