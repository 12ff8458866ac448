import {
  IconAlertTriangle,
  IconArchive,
  IconArrowDown,
  IconArrowUp,
  IconBan,
  IconCircle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconClock,
  IconEye,
  IconEqual,
  IconFlame,
  IconHelpCircle,
  IconInfoCircle,
  IconKey,
  IconLoader2,
  IconMail,
  IconPencil,
  IconPlayerPause,
  IconPlayerSkipForward,
  IconPlugConnectedX,
  IconRefresh,
  IconRocket,
  IconShield,
  IconTool,
  IconUser,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { Scalar } from '~/gql';

export type Tone = 'gray' | 'iris' | 'blue' | 'teal' | 'green' | 'yellow' | 'orange' | 'red';
type Icon = ComponentType<{ size?: number | string; stroke?: number | string; className?: string; 'aria-hidden'?: boolean }>;

export interface StatusLook {
  label: string;
  tone: Tone;
  icon: Icon;
  /** Something is going on: the icon turns. */
  busy?: true;
}

type Table<Value extends string> = Record<Value, StatusLook>;

const look = (label: string, tone: Tone, icon: Icon): StatusLook => ({ label, tone, icon });
const busy = (label: string): StatusLook => ({ label, tone: 'blue', icon: IconLoader2, busy: true });

const request: Table<Scalar<'RequestStatus'>> = {
  PENDING: look('Pending', 'yellow', IconClock),
  APPROVED: look('Approved', 'iris', IconCircleCheck),
  REJECTED: look('Rejected', 'red', IconCircleX),
  DEPLOYING: busy('Deploying'),
  DEPLOYED: look('Deployed', 'green', IconRocket),
  FAILED: look('Failed', 'red', IconAlertTriangle),
  CANCELLED: look('Cancelled', 'gray', IconBan),
};

const deployment: Table<Scalar<'DeploymentStatus'>> = {
  PENDING: look('Pending', 'yellow', IconClock),
  RUNNING: busy('Running'),
  COMPLETED: look('Completed', 'green', IconCircleCheck),
  FAILED: look('Failed', 'red', IconAlertTriangle),
  CANCELLED: look('Cancelled', 'gray', IconBan),
  UNKNOWN: look('Unknown', 'orange', IconHelpCircle),
};

const server: Table<Scalar<'ServerStatus'>> = {
  RUNNING: look('Running', 'green', IconCircleCheck),
  STOPPED: look('Stopped', 'gray', IconPlayerPause),
  UNKNOWN: look('Unknown', 'gray', IconHelpCircle),
};

const serverDeployment: Table<Scalar<'ServerDeploymentStatus'>> = {
  NONE: look('Not deployed', 'gray', IconCircleDashed),
  PENDING: look('Pending', 'yellow', IconClock),
  DEPLOYING: busy('Deploying'),
  DEPLOYED: look('Deployed', 'green', IconRocket),
  FAILED: look('Failed', 'red', IconAlertTriangle),
};

const task: Table<Scalar<'TaskStatus'>> = {
  STARTED: busy('Running'),
  OK: look('OK', 'green', IconCircleCheck),
  CHANGED: look('Changed', 'yellow', IconPencil),
  SKIPPED: look('Skipped', 'gray', IconPlayerSkipForward),
  FAILED: look('Failed', 'red', IconCircleX),
  UNREACHABLE: look('Unreachable', 'red', IconPlugConnectedX),
  IGNORED: look('Failed, ignored', 'orange', IconAlertTriangle),
  UNCHECKED: look('Not checked', 'orange', IconHelpCircle),
};

const host: Table<Scalar<'HostResult'>> = {
  PENDING: look('Pending', 'yellow', IconClock),
  RUNNING: busy('Running'),
  OK: look('OK', 'green', IconCircleCheck),
  FAILED: look('Failed', 'red', IconCircleX),
  UNREACHABLE: look('Unreachable', 'red', IconPlugConnectedX),
  UNKNOWN: look('Unknown', 'orange', IconHelpCircle),
  CANCELLED: look('Cancelled', 'gray', IconBan),
  NOT_RUN: look('Not begun', 'gray', IconCircleDashed),
};

const priority: Table<Scalar<'Priority'>> = {
  LOW: look('Low', 'gray', IconArrowDown),
  MEDIUM: look('Medium', 'blue', IconEqual),
  HIGH: look('High', 'orange', IconArrowUp),
  URGENT: look('Urgent', 'red', IconFlame),
};

const device: Table<Scalar<'DeviceStatus'>> = {
  ONLINE: look('Online', 'green', IconCircleCheck),
  OFFLINE: look('Offline', 'gray', IconPlugConnectedX),
  MAINTENANCE: look('Maintenance', 'yellow', IconTool),
  ERROR: look('Error', 'red', IconAlertTriangle),
  DECOMMISSIONED: look('Decommissioned', 'gray', IconArchive),
};

const tenant: Table<Scalar<'TenantStatus'>> = {
  ACTIVE: look('Active', 'green', IconCircleCheck),
  SUSPENDED: look('Suspended', 'red', IconPlayerPause),
  ARCHIVED: look('Archived', 'gray', IconArchive),
  PENDING: look('Pending', 'yellow', IconClock),
};

const user: Table<Scalar<'UserStatus'>> = {
  ACTIVE: look('Active', 'green', IconCircleCheck),
  SUSPENDED: look('Suspended', 'red', IconPlayerPause),
};

const accessToken: Table<'ACTIVE' | 'EXPIRED' | 'REVOKED'> = {
  ACTIVE: look('Active', 'green', IconCircleCheck),
  EXPIRED: look('Expired', 'gray', IconClock),
  REVOKED: look('Revoked', 'red', IconBan),
};

const membership: Table<Scalar<'MembershipStatus'>> = {
  ACTIVE: look('Active', 'green', IconCircleCheck),
  INVITED: look('Invited', 'yellow', IconMail),
  SUSPENDED: look('Suspended', 'red', IconPlayerPause),
};

const membershipRole: Table<Scalar<'MembershipRole'>> = {
  OWNER: look('Owner', 'iris', IconKey),
  ADMIN: look('Admin', 'blue', IconShield),
  MEMBER: look('Member', 'teal', IconUser),
  VIEWER: look('Viewer', 'gray', IconEye),
};

const level: Table<Scalar<'PermissionLevel'>> = {
  ADMIN: look('Administrator', 'iris', IconShield),
  TECHNICIAN: look('Technical agent', 'teal', IconTool),
  BILLING: look('Sales agent', 'orange', IconUser),
  CLIENT: look('Client', 'gray', IconUser),
};

const access: Table<Scalar<'AccessLevel'>> = {
  READ: look('Read', 'gray', IconEye),
  WRITE: look('Write', 'blue', IconPencil),
  ADMIN: look('Admin', 'iris', IconShield),
};

const connectionTest: Table<Scalar<'ConnectionTestStatus'>> = {
  OK: look('Connected', 'green', IconCircleCheck),
  AUTHENTICATION_FAILED: look('Authentication failed', 'red', IconKey),
  HOST_KEY_UNKNOWN: look('Host key unknown', 'yellow', IconHelpCircle),
  HOST_KEY_MISMATCH: look('Host key changed', 'red', IconShield),
  UNREACHABLE: look('Unreachable', 'red', IconPlugConnectedX),
  REFUSED: look('Refused', 'orange', IconBan),
  NO_KEY: look('No key', 'yellow', IconKey),
};

const notification: Table<Scalar<'NotificationLevel'>> = {
  INFO: look('Information', 'blue', IconInfoCircle),
  SUCCESS: look('Success', 'green', IconCircleCheck),
  WARNING: look('Warning', 'yellow', IconAlertTriangle),
  DANGER: look('Problem', 'red', IconCircleX),
};

const live: Table<'idle' | 'connecting' | 'live' | 'lost'> = {
  idle: look('Not live', 'gray', IconCircle),
  connecting: { label: 'Connecting', tone: 'blue', icon: IconRefresh, busy: true },
  live: look('Live', 'green', IconCircleCheck),
  lost: { label: 'Reconnecting', tone: 'orange', icon: IconRefresh, busy: true },
};

/** How each value of each status enum looks: the only table of status colours. */
export const STATUS = {
  request,
  deployment,
  server,
  serverDeployment,
  task,
  host,
  priority,
  device,
  tenant,
  user,
  accessToken,
  membership,
  membershipRole,
  level,
  access,
  connectionTest,
  notification,
  live,
} as const;

export type StatusKind = keyof typeof STATUS;
export type StatusValue<Kind extends StatusKind> = keyof (typeof STATUS)[Kind] & string;

export function statusLook<Kind extends StatusKind>(kind: Kind, value: StatusValue<Kind>): StatusLook {
  const table: Record<string, StatusLook> = STATUS[kind];
  // A newer server may know a value that this build does not.
  return table[value] ?? look(value, 'gray', IconHelpCircle);
}

/** Options for a filter or a select, in the table's order. */
export function statusOptions(kind: StatusKind): { value: string; label: string }[] {
  return Object.entries<StatusLook>(STATUS[kind]).map(([value, { label }]) => ({ value, label }));
}
