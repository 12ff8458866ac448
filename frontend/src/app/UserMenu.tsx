import { UnstyledButton } from '@mantine/core';
import { lazy } from 'react';
import { MenuButton } from '~/ui/MenuButton';
import classes from './UserMenu.module.css';
import { useViewer } from './viewer';

const load = () => import('./UserPanel');
const UserPanel = lazy(load);

function initials(name: string) {
  const words = name.trim().split(/\s+/);
  return (words.length > 1 ? `${words[0]![0]}${words.at(-1)![0]}` : name.slice(0, 2)).toUpperCase();
}

export function UserMenu() {
  const { user } = useViewer();
  return (
    <MenuButton panel={UserPanel} load={load}>
      <UnstyledButton aria-label={`Account of ${user.name}`} className={classes.button}>
        <span className={classes.initials}>{initials(user.name)}</span>
      </UnstyledButton>
    </MenuButton>
  );
}
