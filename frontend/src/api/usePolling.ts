import { useEffect } from 'react';

/**
 * Asks again every so often while the page is visible, and at once when it comes back into view: for what moves without
 * the viewer being notified of it.
 */
export function usePolling(refetch: () => void, milliseconds: number | null) {
  useEffect(() => {
    if (milliseconds === null) return undefined;
    const ask = () => {
      if (document.visibilityState === 'visible') refetch();
    };
    const timer = setInterval(ask, milliseconds);
    document.addEventListener('visibilitychange', ask);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', ask);
    };
  }, [refetch, milliseconds]);
}
