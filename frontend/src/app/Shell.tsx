import { ActionIcon, Badge, Burger, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand } from '@tabler/icons-react';
import { Link, Outlet, useMatches } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { SessionClient } from '~/api/SessionClient';
import { Hint } from '~/ui/Hint';
import { Brand } from './Brand';
import { ColorSchemeMenu } from './ColorSchemeMenu';
import { useCompactNavigation } from './compactNavigation';
import { NotificationBell } from './NotificationBell';
import classes from './Shell.module.css';
import { SideNavigation } from './SideNavigation';
import { UserMenu } from './UserMenu';
import { mayAccess, useViewer } from './viewer';
import { ViewerGate } from './ViewerGate';

const ForbiddenPage = lazy(() => import('./ForbiddenPage'));
// Only phones need it.
const NavigationDrawer = lazy(() => import('./NavigationDrawer'));

export function Shell() {
  return (
    <SessionClient>
      <ViewerGate>
        <Frame />
      </ViewerGate>
    </SessionClient>
  );
}

function Frame() {
  const viewer = useViewer();
  const [drawerOpened, drawer] = useDisclosure(false);
  const [compact, setCompact] = useCompactNavigation();
  const ToggleIcon = compact ? IconLayoutSidebarLeftExpand : IconLayoutSidebarLeftCollapse;
  const access = useMatches({ select: (matches) => matches.at(-1)?.staticData.access });

  return (
    <div className={classes.shell} data-compact={compact || undefined}>
      <a href="#main" className="rk-skip">
        Skip to content
      </a>
      <header className={classes.header}>
        <Group gap="sm" wrap="nowrap">
          <Burger
            hiddenFrom="sm"
            size="sm"
            opened={drawerOpened}
            onClick={drawer.toggle}
            aria-label="Navigation"
            aria-expanded={drawerOpened}
          />
          <Link to="/" className={classes.home} aria-label="Rookery, to the dashboard">
            <Brand />
          </Link>
          {viewer.demo && (
            <Hint label="Demo data: only hosts on this machine can be reached.">
              <Badge color="orange" tabIndex={0} role="note">
                Demo
              </Badge>
            </Hint>
          )}
        </Group>
        <Group gap={6} wrap="nowrap">
          <ColorSchemeMenu />
          <NotificationBell />
          <UserMenu />
        </Group>
      </header>
      <div className={classes.side}>
        <div className={classes.scroll}>
          <SideNavigation compact={compact} />
        </div>
        <Hint label={compact ? 'Show labels' : 'Only icons'} position="right">
          <ActionIcon
            size="lg"
            aria-label={compact ? 'Show labels in the navigation' : 'Show only icons in the navigation'}
            onClick={() => setCompact(!compact)}
          >
            <ToggleIcon size={18} stroke={1.7} />
          </ActionIcon>
        </Hint>
      </div>
      <main id="main" tabIndex={-1} className={classes.main}>
        <div className={classes.content}>
          <Suspense>{mayAccess(viewer, access) ? <Outlet /> : <ForbiddenPage />}</Suspense>
        </div>
      </main>
      {drawerOpened && (
        <Suspense>
          <NavigationDrawer onClose={drawer.close} />
        </Suspense>
      )}
    </div>
  );
}
