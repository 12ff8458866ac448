import { cloneElement, Suspense, useId, useState, type ComponentType, type HTMLAttributes, type ReactElement, type Ref } from 'react';
import type { MenuPanelProps } from './MenuPanel';

interface MenuButtonProps {
  /** The menu: a `lazy` component around a `MenuPanel`. */
  panel: ComponentType<MenuPanelProps>;
  /** Loads the panel's code. */
  load: () => Promise<unknown>;
  children: ReactElement<HTMLAttributes<HTMLElement> & { ref?: Ref<HTMLElement> }>;
}

/** A button whose menu is loaded once the button is pointed at, has the focus or is pressed. */
export function MenuButton({ panel: Panel, load, children }: MenuButtonProps) {
  const id = useId();
  const [target, setTarget] = useState<HTMLElement | null>(null);
  const [opened, setOpened] = useState(false);
  const [wanted, setWanted] = useState(false);
  return (
    <>
      {cloneElement(children, {
        ref: setTarget,
        // The ids that Mantine gives to the two parts of a menu.
        id,
        'aria-haspopup': 'menu',
        'aria-expanded': opened,
        'aria-controls': opened ? `${id}-dropdown` : undefined,
        onPointerEnter: () => void load(),
        onFocus: () => void load(),
        onClick: () => {
          setWanted(true);
          setOpened(!opened);
        },
      })}
      {wanted && target && (
        <Suspense>
          <Panel id={id} target={target} opened={opened} onChange={setOpened} />
        </Suspense>
      )}
    </>
  );
}
