import { useEffect, useState } from 'react';

/** Gives the focus back to what had it before, once the component is gone. Mantine does so only for what stays mounted. */
export function useFocusReturn() {
  const [opener] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    },
    [opener],
  );
}
