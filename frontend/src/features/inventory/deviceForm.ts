import type { Scalar } from '~/gql';
import { formatEnum } from '~/ui';

export type DeviceValues = {
  siteId: string;
  name: string;
  type: Scalar<'DeviceType'>;
  serialNumber: string;
  status: Scalar<'DeviceStatus'>;
  metadata: string;
};

const TYPES: readonly Scalar<'DeviceType'>[] = [
  'SENSOR',
  'CONTROLLER',
  'GATEWAY',
  'CAMERA',
  'ACTUATOR',
  'METER',
  'BEACON',
  'ROUTER',
  'SERVER',
  'WORKSTATION',
];

export const DEVICE_TYPE_OPTIONS = TYPES.map((value) => ({ value, label: formatEnum(value) }));

/** The object that a text of JSON means; `{}` for nothing; null for anything that is no object. */
export function parseMetadata(text: string): Record<string, unknown> | null {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** Metadata as a form shows it. */
export function metadataText(metadata: unknown): string {
  const empty = typeof metadata === 'object' && metadata !== null && Object.keys(metadata).length === 0;
  return metadata === null || metadata === undefined || empty ? '' : JSON.stringify(metadata, null, 2);
}

export const validateDevice = {
  siteId: (id: string) => (id ? null : 'Choose where it stands.'),
  name: (name: string) => (name.trim() ? null : 'Give the device a name.'),
  serialNumber: (serial: string) => (serial.trim() ? null : 'Its serial number; unique within the tenant.'),
  metadata: (text: string) => (parseMetadata(text) ? null : 'A JSON object, such as {"firmware": "2.1"}.'),
};

export const deviceInput = (values: DeviceValues) => ({
  siteId: values.siteId,
  name: values.name.trim(),
  type: values.type,
  serialNumber: values.serialNumber.trim(),
  status: values.status,
  metadata: parseMetadata(values.metadata) ?? {},
});
