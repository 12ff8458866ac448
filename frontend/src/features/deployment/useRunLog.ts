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
      newest: events(last: 1) {
        nodes {
          sequence
        }
      }
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
          paused
        }
      }
    }
  }
`);

export const ProgressSubscription = graphql(`
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
        paused
      }
    }
  }
`);

export type Progress = ResultOf<typeof ProgressSubscription>['deploymentProgress']['progress'];

const PAGE = 100;
/** After this many pages the stream tells the rest: it sends more at a time, and without being asked for each. */
const MOST_PAGES = 5;
const RETRY_MS = 2000;

export const isOver = (status: DeploymentStatus) => status !== 'PENDING' && status !== 'RUNNING';

/** One visit's reading of a deployment: what was read, and from where to go on. */
interface Reading {
  log: RunLog;
  cursor: string | null;
}

interface History {
  error?: CombinedError;
  /** The sequence of the newest event there was. */
  newest: number;
}

/** Reads the history on from the cursor, to its end or for as many pages as it is worth. */
async function readHistory(client: Client, id: string, reading: Reading, changed: () => void, signal: AbortSignal): Promise<History> {
  let newest = 0;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const { data, error } = await client
      .query(EventsQuery, { id, first: PAGE, after: reading.cursor }, UNCACHED)
      .toPromise();
    if (signal.aborted || error) return { error, newest };
    if (!data?.deployment) break;
    const { events, newest: last } = data.deployment;
    newest = last.nodes.at(-1)?.sequence ?? 0;
    reading.log.absorb(events.nodes, true);
    reading.cursor = events.pageInfo.endCursor ?? reading.cursor;
    changed();
    if (!events.pageInfo.hasNextPage) break;
  }
  return { newest };
}

export interface RunLogState {
  log: RunLog;
  /** Changes whenever the log has. */
  version: number;
  /** All that had happened when the page opened has been read. */
  complete: boolean;
  error: CombinedError | undefined;
  retry: () => void;
  /** What the stream said last; undefined until it said something. */
  live: { status: DeploymentStatus; progress: Progress } | undefined;
}

/**
 * A deployment's events: the history page by page, then the stream from there on. A gap, or a connection that was lost,
 * is mended by reading the history on from the last cursor and subscribing again after it. For one deployment: who uses
 * it is mounted anew for another.
 */
export function useRunLog(id: string, status: DeploymentStatus): RunLogState {
  const client = useClient();
  const reading = useRef<Reading>({ log: new RunLog(), cursor: null });
  const [version, setVersion] = useState(0);
  const [complete, setComplete] = useState(false);
  const [error, setError] = useState<CombinedError>();
  const [live, setLive] = useState<RunLogState['live']>();
  const [attempt, setAttempt] = useState(0);
  const again = () => setAttempt((number) => number + 1);
  const opened = useRef(status);
  /** A stream is wanted: the run goes on, or it is over and not all of it has been told. */
  const streaming = useRef(false);

  // A socket that was away has missed something, and would subscribe again from where it first began.
  const socket = useLiveState();
  const wasLost = useRef(false);
  useEffect(() => {
    if (socket === 'lost') wasLost.current = true;
    if (socket === 'live' && wasLost.current) {
      wasLost.current = false;
      if (streaming.current) again();
    }
  }, [socket]);

  useEffect(() => {
    const current = reading.current;
    const abort = new AbortController();
    let stop = () => {};
    let timer: ReturnType<typeof setTimeout> | undefined;
    // Lines may come by the thousand: one drawing a frame is enough.
    let frame = 0;
    const changed = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        setVersion(current.log.version);
      });
    };

    void readHistory(client, id, current, changed, abort.signal).then((history) => {
      if (abort.signal.aborted) return;
      setVersion(current.log.version);
      setError(history.error);
      if (history.error) return;
      const caughtUp = () => current.log.lastSequence >= history.newest;
      if (caughtUp()) setComplete(true);
      let over = isOver(current.log.status ?? opened.current);
      streaming.current = !(over && caughtUp());
      if (!streaming.current) return;

      const subscription = pipe(
        client.subscription(ProgressSubscription, { id, after: current.cursor }, UNCACHED),
        onEnd(() => {
          if (abort.signal.aborted) return;
          streaming.current = !(over && caughtUp());
          // The server let go before all was told, for example because it restarts.
          if (streaming.current) timer = setTimeout(again, RETRY_MS);
        }),
        subscribe((result) => {
          const payload = result.data?.deploymentProgress;
          if (!payload) return;
          if (current.log.absorb(payload.events).gap !== null) {
            again();
            return;
          }
          current.cursor = payload.cursor;
          over = isOver(payload.status);
          changed();
          if (caughtUp()) setComplete(true);
          setLive({ status: payload.status, progress: payload.progress });
        }),
      );
      stop = () => subscription.unsubscribe();
    });

    return () => {
      abort.abort();
      stop();
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }, [client, id, attempt]);

  return { log: reading.current.log, version, complete, error, retry: again, live };
}
