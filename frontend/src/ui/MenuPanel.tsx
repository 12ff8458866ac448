import './theme/mantine-more.css';
import { Menu } from '@mantine/core';
import { useEffect, useImperativeHandle, useState, type ReactNode, type Ref } from 'react';

/** What a `MenuButton` gives to its menu. */
export interface MenuPanelProps {
  id: string;
  target: HTMLElement;
  opened: boolean;
  onChange: (opened: boolean) => void;
}

/** The menu of a `MenuButton`. */
export function MenuPanel({ id, target, opened, onChange, width, children }: MenuPanelProps & { width: number; children: ReactNode }) {
  // Opened after it is there: it gives the focus back only to what had it when it opened.
  const [isThere, setIsThere] = useState(false);
  useEffect(() => setIsThere(true), []);
  return (
    <Menu id={id} opened={opened && isThere} onChange={onChange} position="bottom-end" width={width}>
      <Menu.Target>
        <Existing element={target} />
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}

/** Stands for an element that is on the page already. */
function Existing({ element, ref }: { element: HTMLElement; ref?: Ref<HTMLElement> }) {
  useImperativeHandle(ref, () => element, [element]);
  return null;
}
