import { Menu, useMantineColorScheme } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { MenuPanel, type MenuPanelProps } from '~/ui/MenuPanel';
import { SCHEMES } from './colorSchemes';

export default function ColorSchemePanel(props: MenuPanelProps) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <MenuPanel {...props} width={180}>
      {SCHEMES.map(({ value, label, icon: Icon }) => (
        <Menu.Item
          key={value}
          role="menuitemradio"
          aria-checked={value === colorScheme}
          leftSection={<Icon size={16} stroke={1.7} />}
          rightSection={value === colorScheme ? <IconCheck size={14} /> : undefined}
          onClick={() => setColorScheme(value)}
        >
          {label}
        </Menu.Item>
      ))}
    </MenuPanel>
  );
}
