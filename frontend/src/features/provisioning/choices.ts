import type { Scalar } from '~/gql';

/** What a request may ask for; the server accepts nothing else. */
export const CPUS = [1, 2, 4, 8, 16, 32] as const;
export const MEMORY_GB = [1, 2, 4, 8, 16, 32, 64, 128] as const;
export const STORAGE_GB = [20, 50, 100, 250, 500, 1000, 2000] as const;

export const SERVER_TYPES: readonly Scalar<'ServerType'>[] = [
  'WEB',
  'DATABASE',
  'APPLICATION',
  'CACHE',
  'FILE',
  'BACKUP',
  'DEVELOPMENT',
  'TESTING',
];

export const PRIORITIES: readonly Scalar<'Priority'>[] = ['LOW', 'MEDIUM', 'HIGH', 'URGENT'];

export const USAGES: readonly Scalar<'ExpectedUsage'>[] = ['LOW', 'MEDIUM', 'HIGH', 'VERY_HIGH'];

/** Suggestions: any other system may be typed. */
export const OPERATING_SYSTEMS = [
  'Debian 12',
  'Debian 13',
  'Ubuntu 22.04 LTS',
  'Ubuntu 24.04 LTS',
  'AlmaLinux 9',
  'Rocky Linux 9',
] as const;

export const JUSTIFICATION = { least: 20, most: 1000 } as const;

export const formatStorage = (gigabytes: number) =>
  gigabytes >= 1000 ? `${gigabytes / 1000} TB` : `${gigabytes} GB`;

export const formatSize = (cpu: number, memoryGb: number, storageGb: number) =>
  `${cpu} CPU · ${memoryGb} GB · ${formatStorage(storageGb)}`;

/** Not everybody who may look is notified: the list asks again this often. */
export const REQUESTS_POLL_MS = 20_000;
