import type { Scalar } from '~/gql';
import { formatEnum } from '~/ui';

const TYPES: readonly Scalar<'TenantType'>[] = ['ENTERPRISE', 'STANDARD', 'STARTER', 'TRIAL'];

export const TENANT_TYPE_OPTIONS = TYPES.map((value) => ({ value, label: formatEnum(value) }));

/** A slug that a name suggests: "Nova HR GmbH" → "nova-hr-gmbh". */
export const slugOf = (name: string) =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50)
    .replace(/-+$/, '');
