import { expect, it } from 'vitest';
import { metadataText, parseMetadata } from './deviceForm';

it('takes objects as metadata and nothing else', () => {
  expect(parseMetadata('')).toEqual({});
  expect(parseMetadata(' {"a": [1]} ')).toEqual({ a: [1] });
  for (const bad of ['[]', '1', 'null', '"a"', '{a}', '{']) expect(parseMetadata(bad)).toBeNull();
});

it('shows metadata so that it reads back', () => {
  expect(metadataText({})).toBe('');
  expect(metadataText(null)).toBe('');
  expect(parseMetadata(metadataText({ firmware: '2.1' }))).toEqual({ firmware: '2.1' });
});
