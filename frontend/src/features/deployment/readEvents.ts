import type { Client } from 'urql';
import { onEnd, pipe, subscribe } from 'wonka';
import { UNCACHED } from '~/api/besideCache';
import type { RunEvent } from './runLog';
import { ProgressSubscription } from './useRunLog';

/** Reads all events of a deployment that is over, in order; false if some are missing. */
export function readEvents(client: Client, id: string, take: (events: readonly RunEvent[]) => void): Promise<boolean> {
  return new Promise((resolve) => {
    let last = 0;
    let intact = true;
    let over = false;
    pipe(
      client.subscription(ProgressSubscription, { id, after: null }, UNCACHED),
      onEnd(() => resolve(intact && over)),
      subscribe(({ data, error }) => {
        const payload = data?.deploymentProgress;
        if (error || !payload) {
          intact = false;
          return;
        }
        for (const { sequence } of payload.events) {
          intact &&= sequence === last + 1;
          last = sequence;
        }
        // The last event of all tells the end.
        over = payload.events.some(({ kind, status }) => kind === 'STATUS' && status !== 'PENDING' && status !== 'RUNNING');
        take(payload.events);
      }),
    );
  });
}
