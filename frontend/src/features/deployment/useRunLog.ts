import { useEffect, useRef, useState } from 'react';
import { useClient, type Client, type CombinedError } from 'urql';
import { onEnd, pipe, subscribe } from 'wonka';
import { UNCACHED } from '~/api/besideCache';
import { useLiveState } from '~/api/live';
import { graphql, type ResultOf } from '~/gql';
import { RunLog, type DeploymentStatus } from './runLog';

const EventsQuery = graphql(`
  query DeploymentEvents($id: ID!, $first: Int!, $after: String) {
    deployment(id: $id) {
      id
      events(first: $first, after: $after) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          sequence
          kind
          at
          status
          taskIndex
          taskName
          taskStatus
          host
          text
          finished
          planned
        }
      }
    }
  }
`);

const ProgressSubscription = graphql(`
  subscription DeploymentProgress($id: ID!, $after: String) {
    deploymentProgress(deploymentId: $id, after: $after) {
      cursor
      status
      progress {
        finished
        planned
        percent
      }
      events {
        sequence
        kind
        at
        status
        taskIndex
        taskName
        taskStatus
        host
        text
        finished
        planned
      }
    }
  }
`);

export type Progress = ResultOf<typeof ProgressSubscription>['deploymentProgress']['progress'];

const PAGE = 100;
const RETRY_MS = 2000;

export const isOver = (status: DeploymentStatus) => status !== 'PENDING' && status !== 'RUNNING';

/** One visit's reading of a deployment: what was read, and from where to go on. */
interface Reading {
  id: string;
  log: RunLog;
  cursor: string | null;
}

/** Reads on from the cursor to the end of the history; null when it came there, an error when it did not. */
async function readHistory(client: Client, reading: Reading, changed: () => void, signal: AbortSignal) {
  for (;;) {
    const { data, error } = await client
      .query(EventsQuery, { id: reading.id, first: PAGE, after: reading.cursor }, UNCACHED)
      .toPromise();
    if (signal.aborted) return null;
    if (error) return error;
    const events = data?.deployment?.events;
    if (!events) return null;
    reading.log.absorb(events.nodes, true);
    reading.cursor = events.pageInfo.endCursor ?? reading.cursor;
    changed();
    if (!events.pageInfo.hasNextPage) return null;
  }
}

export interface RunLogState {
  log: RunLog;
  /** Changes whenever the log has. */
  version: number;
  /** The history has been read to its end. */
  complete: boolean;
  error: CombinedError | undefined;
  retry: () => void;
  /** What the stream said last; undefined until it said something. */
  live: { status: DeploymentStatus; progress: Progress } | undefined;
}

/**
 * A deployment's events: the history page by page, then the stream from there on. A gap, or a connection that was lost,
 * is mended by reading the history on from the last cursor and subscribing again after it. For one deployment: give the
 * component that uses it the id as its key.
 */
export function useRunLog(id: string, status: DeploymentStatus | undefined): RunLogState {
  const client = useClient();
  const reading = useRef<Reading>({ id, log: new RunLog(), cursor: null });
  const [version, setVersion] = useState(0);
  const [complete, setComplete] = useState(false);
  const [error, setError] = useState<CombinedError>();
  const [live, setLive] = useState<RunLogState['live']>();
  const [attempt, setAttempt] = useState(0);
  const known = status !== undefined;
  const streaming = known && !isOver(live?.status ?? status);

  // A socket that was away has missed something, and would subscribe again from where it first began.
  const socket = useLiveState();
  const wasLost = useRef(false);
  useEffect(() => {
    if (socket === 'lost') wasLost.current = true;
    if (socket === 'live' && wasLost.current) {
      wasLost.current = false;
      if (streaming) setAttempt((number) => number + 1);
    }
  }, [socket, streaming]);

  useEffect(() => {
    if (!known) return undefined;
    const current = reading.current;
    const abort = new AbortController();
    let stop = () => {};
    let again: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    // Lines may come by the thousand: one drawing a frame is enough.
    let frame = 0;
    const changed = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        setVersion(current.log.version);
      });
    };

    void readHistory(client, current, changed, abort.signal).then((problem) => {
      if (abort.signal.aborted) return;
      setVersion(current.log.version);
      setError(problem ?? undefined);
      setComplete(!problem);
      if (problem || !streaming) return;
      const subscription = pipe(
        client.subscription(ProgressSubscription, { id, after: current.cursor }, UNCACHED),
        onEnd(() => {
          // The server let go before the run was over, for example because it restarts.
          if (!abort.signal.aborted && !over) again = setTimeout(() => setAttempt((number) => number + 1), RETRY_MS);
        }),
        subscribe((result) => {
          const payload = result.data?.deploymentProgress;
          if (!payload) return;
          const { gap } = current.log.absorb(payload.events);
          if (gap !== null) {
            setAttempt((number) => number + 1);
            return;
          }
          current.cursor = payload.cursor;
          changed();
          over = isOver(payload.status);
          setLive({ status: payload.status, progress: payload.progress });
        }),
      );
      stop = () => subscription.unsubscribe();
    });

    return () => {
      abort.abort();
      stop();
      clearTimeout(again);
      cancelAnimationFrame(frame);
    };
    // The end of the stream needs no new reading: its last payload carried the last event.
  }, [client, id, known, attempt]);

  return {
    log: reading.current.log,
    version,
    complete,
    error,
    retry: () => setAttempt((number) => number + 1),
    live,
  };
}
