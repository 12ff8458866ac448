import { useEffect, useRef } from 'react';
import type { ConnectionList } from '~/ui';
import { isOver } from './useRunLog';
import type { DeploymentStatus } from './runLog';

const EVERY_MS = 4000;

/** Reads a list of deployments again every few seconds for as long as one of them goes on and somebody looks. */
export function useRefreshWhile({ nodes, reload }: ConnectionList<{ status: DeploymentStatus }>) {
  const goingOn = nodes.some(({ status }) => !isOver(status));
  const latest = useRef(reload);
  latest.current = reload;
  useEffect(() => {
    if (!goingOn) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') latest.current();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [goingOn]);
}
