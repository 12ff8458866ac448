import { cloneElement, lazy, Suspense, useEffect, useId, useState, type ReactElement, type Ref } from 'react';

const load = () => import('./HintBubble');
// With the first hint that somebody asks for: what places pop-ups weighs more than most pages.
const HintBubble = lazy(load);

const OPEN_AFTER_MS = 200;

interface HintProps {
  label: string;
  position?: 'top' | 'right';
  disabled?: boolean;
  /** One element, or a component that passes `ref` on to one. */
  children: ReactElement<{ ref?: Ref<HTMLElement>; 'aria-describedby'?: string }>;
}

/** A few words that appear while a control is pointed at or has the focus of the keyboard. */
export function Hint({ label, position = 'top', disabled = false, children }: HintProps) {
  const id = useId();
  const [target, setTarget] = useState<HTMLElement | null>(null);
  const { opened, wanted } = useAttention(disabled ? null : target);
  const described = [children.props['aria-describedby'], opened && id].filter(Boolean).join(' ') || undefined;
  return (
    <>
      {cloneElement(children, { ref: setTarget, 'aria-describedby': described })}
      {wanted && target && (
        <Suspense>
          <HintBubble id={id} target={target} opened={opened} label={label} position={position} />
        </Suspense>
      )}
    </>
  );
}

/** Whether somebody attends to an element now, and whether anybody ever did. */
function useAttention(element: HTMLElement | null) {
  const [opened, setOpened] = useState(false);
  const [wanted, setWanted] = useState(false);

  useEffect(() => {
    if (!element) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const open = () => {
      setWanted(true);
      setOpened(true);
    };
    const listeners = {
      mouseenter: () => {
        void load();
        timer = setTimeout(open, OPEN_AFTER_MS);
      },
      mouseleave: close,
      focus: () => {
        if (element.matches(':focus-visible')) open();
      },
      blur: close,
    };
    function close() {
      clearTimeout(timer);
      setOpened(false);
    }
    for (const [event, listener] of Object.entries(listeners)) element.addEventListener(event, listener);
    return () => {
      close();
      for (const [event, listener] of Object.entries(listeners)) element.removeEventListener(event, listener);
    };
  }, [element]);

  useEffect(() => {
    if (!opened) return undefined;
    const dismiss = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') setOpened(false);
    };
    document.addEventListener('keydown', dismiss);
    return () => document.removeEventListener('keydown', dismiss);
  }, [opened]);

  return { opened, wanted };
}
