import { ActionIcon, useMantineColorScheme } from '@mantine/core';
import { lazy } from 'react';
import { MenuButton } from '~/ui/MenuButton';
import { schemeLook } from './colorSchemes';

const load = () => import('./ColorSchemePanel');
const ColorSchemePanel = lazy(load);

export function ColorSchemeMenu() {
  const { colorScheme } = useMantineColorScheme();
  const { label, icon: Icon } = schemeLook(colorScheme);
  return (
    <MenuButton panel={ColorSchemePanel} load={load}>
      <ActionIcon size="lg" aria-label={`Colours: ${label.toLowerCase()}`}>
        <Icon size={18} stroke={1.7} />
      </ActionIcon>
    </MenuButton>
  );
}
