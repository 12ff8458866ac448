import '~/ui/theme/mantine-more.css';
import { Drawer } from '@mantine/core';
import { useFocusReturn } from '~/ui/useFocusReturn';
import { Brand } from './Brand';
import { SideNavigation } from './SideNavigation';

/** The navigation on a phone. */
export default function NavigationDrawer({ onClose }: { onClose: () => void }) {
  useFocusReturn();
  return (
    <Drawer opened onClose={onClose} size={280} title={<Brand size={24} />} hiddenFrom="sm">
      <SideNavigation onNavigate={onClose} />
    </Drawer>
  );
}
