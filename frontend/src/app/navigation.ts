import {
  IconApi,
  IconBuilding,
  IconChecklist,
  IconCpu,
  IconFileCode,
  IconFolders,
  IconLayoutDashboard,
  IconMapPin,
  IconRocket,
  IconServer2,
  IconUsers,
} from '@tabler/icons-react';
import { ACCESS } from './access';
import type { Access } from './viewer';

export interface NavigationItem {
  to: '/' | '/requests' | '/deployments' | '/projects' | '/servers' | '/scripts' | '/tenants' | '/sites' | '/devices' | '/users' | '/usage';
  label: string;
  icon: typeof IconServer2;
  access?: Access;
}

export interface NavigationGroup {
  label: string;
  items: readonly NavigationItem[];
}

export const NAVIGATION: readonly NavigationGroup[] = [
  {
    label: 'Work',
    items: [
      { to: '/', label: 'Dashboard', icon: IconLayoutDashboard },
      { to: '/requests', label: 'Requests', icon: IconChecklist, access: ACCESS.requests },
      { to: '/deployments', label: 'Deployments', icon: IconRocket, access: ACCESS.deployments },
    ],
  },
  {
    label: 'Infrastructure',
    items: [
      { to: '/projects', label: 'Projects', icon: IconFolders, access: ACCESS.projects },
      { to: '/servers', label: 'Servers', icon: IconServer2, access: ACCESS.servers },
      { to: '/scripts', label: 'Scripts', icon: IconFileCode, access: ACCESS.scripts },
    ],
  },
  {
    label: 'Clients',
    items: [
      { to: '/tenants', label: 'Tenants', icon: IconBuilding, access: ACCESS.tenants },
      { to: '/sites', label: 'Sites', icon: IconMapPin, access: ACCESS.tenants },
      { to: '/devices', label: 'Devices', icon: IconCpu, access: ACCESS.tenants },
    ],
  },
  {
    label: 'Administration',
    items: [
      { to: '/users', label: 'Users', icon: IconUsers, access: ACCESS.users },
      { to: '/usage', label: 'API usage', icon: IconApi, access: ACCESS.usage },
    ],
  },
];
