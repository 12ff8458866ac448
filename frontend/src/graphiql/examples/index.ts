import { DEPLOYMENT } from './deployment';
import type { Example } from './example';
import { FLEET } from './fleet';
import { GENERAL } from './general';
import { IDENTITY } from './identity';
import { INVENTORY } from './inventory';
import { NOTIFICATIONS } from './notifications';
import { PROVISIONING } from './provisioning';
import { TENANCY } from './tenancy';

/** Documents to start from, of every domain. */
export const EXAMPLES: readonly Example[] = [
  ...IDENTITY,
  ...TENANCY,
  ...INVENTORY,
  ...FLEET,
  ...PROVISIONING,
  ...DEPLOYMENT,
  ...NOTIFICATIONS,
  ...GENERAL,
];
