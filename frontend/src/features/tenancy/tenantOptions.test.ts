import { expect, it } from 'vitest';
import { slugOf } from './tenantOptions';

it('suggests a slug', () => {
  expect(slugOf('Nova HR GmbH')).toBe('nova-hr-gmbh');
  expect(slugOf('  Müller & Söhne! ')).toBe('muller-sohne');
  expect(slugOf('--')).toBe('');
  expect(slugOf(`${'a'.repeat(49)} b`)).toBe('a'.repeat(49));
});
