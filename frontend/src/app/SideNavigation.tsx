import { Link } from '@tanstack/react-router';
import { useId } from 'react';
import { Hint } from '~/ui/Hint';
import { NAVIGATION, type NavigationGroup } from './navigation';
import classes from './SideNavigation.module.css';
import { mayAccess, useViewer } from './viewer';

interface SideNavigationProps {
  /** Icons only; the labels become tooltips. */
  compact?: boolean;
  onNavigate?: () => void;
}

export function SideNavigation({ compact = false, onNavigate }: SideNavigationProps) {
  const viewer = useViewer();
  const groups = NAVIGATION.map((group) => ({
    ...group,
    items: group.items.filter((item) => mayAccess(viewer, item.access)),
  })).filter((group) => group.items.length > 0);

  return (
    <nav aria-label="Main" className={classes.nav} data-compact={compact || undefined}>
      {groups.map((group) => (
        <Group key={group.label} group={group} compact={compact} onNavigate={onNavigate} />
      ))}
    </nav>
  );
}

interface GroupProps extends SideNavigationProps {
  group: NavigationGroup;
}

function Group({ group, compact, onNavigate }: GroupProps) {
  const id = useId();
  return (
    <div className={classes.group}>
      <div id={id} className={classes.heading}>
        {group.label}
      </div>
      <ul aria-labelledby={id} className={classes.list}>
        {group.items.map(({ to, label, icon: Icon }) => (
          <li key={to}>
            <Hint label={label} position="right" disabled={!compact}>
              <Link
                to={to}
                className={classes.link}
                activeOptions={{ exact: to === '/', includeSearch: false }}
                onClick={onNavigate}
              >
                <Icon size={18} stroke={1.7} aria-hidden />
                <span className={classes.label}>{label}</span>
              </Link>
            </Hint>
          </li>
        ))}
      </ul>
    </div>
  );
}
