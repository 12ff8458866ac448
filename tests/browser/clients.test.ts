import { createClient as createEventClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { Api } from './support/api';
import { Server } from './support/server';
import { LOCAL_SCRIPT, LOCAL_SERVER, reaches } from './support/world';

const PROGRESS = `subscription Progress($id: ID!, $after: String) {
  deploymentProgress(deploymentId: $id, after: $after) { cursor events { sequence kind text } }
}`;
const RECEIVED = 'subscription Received { notificationReceived { title } }';

interface Event {
  sequence: number;
  kind: string;
  text: string | null;
}
interface Batch {
  deploymentProgress: { cursor: string; events: Event[] };
}
/** How one of the public clients follows a deployment after a cursor; `cut` ends the connection under it. */
type Follow = (id: string, after: string | null, onBatch: (batch: Batch) => void) => { done: Promise<void>; cut: () => void };

let server: Server;
let admin: Api;

beforeAll(async () => {
  server = await Server.start();
  admin = await Api.signIn(server.address, 'admin');
});
afterAll(() => server?.stop());

async function run(): Promise<string> {
  const [scriptId, serverId] = await Promise.all([admin.find('scripts', LOCAL_SCRIPT), admin.find('servers', LOCAL_SERVER)]);
  return admin.mutate('runScript', { scriptId, serverIds: [serverId] }, 'deployment');
}

/** The log as a list tells it, page by page. */
async function stored(id: string): Promise<Event[]> {
  const events: Event[] = [];
  let after: string | null = null;
  for (;;) {
    const page: { deployment: { events: { nodes: Event[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } } =
      await admin.query(
        `query ($id: ID!, $after: String) { deployment(id: $id) { events(first: 50, after: $after) {
           nodes { sequence kind text } pageInfo { hasNextPage endCursor } } } }`,
        { id, after },
      );
    const { nodes, pageInfo } = page.deployment.events;
    events.push(...nodes);
    if (!pageInfo.hasNextPage) return events;
    after = pageInfo.endCursor;
  }
}

const overSocket: Follow = (id, after, onBatch) => {
  const sockets: WebSocket[] = [];
  class Socket extends WebSocket {
    constructor(url: string, protocols: string | string[]) {
      super(url, protocols, { headers: { cookie: admin.cookie } });
      sockets.push(this);
    }
  }
  const client = createSocketClient({
    url: `${server.address.replace('http', 'ws')}/graphql`,
    webSocketImpl: Socket,
    retryAttempts: 0,
  });
  const done = new Promise<void>((resolve, reject) => {
    client.subscribe<Batch>({ query: PROGRESS, variables: { id, after } }, {
      next: ({ data }) => onBatch(data!),
      error: reject,
      complete: resolve,
    });
  }).finally(() => client.dispose());
  return { done, cut: () => sockets.forEach((socket) => socket.terminate()) };
};

const overEvents: Follow = (id, after, onBatch) => {
  const connection = new AbortController();
  const client = createEventClient({
    url: `${server.address}/graphql`,
    headers: { cookie: admin.cookie },
    retryAttempts: 0,
    fetchFn: (url: string, init: RequestInit) => {
      init.signal?.addEventListener('abort', () => connection.abort());
      return fetch(url, { ...init, signal: connection.signal });
    },
  });
  const done = new Promise<void>((resolve, reject) => {
    client.subscribe<Batch>({ query: PROGRESS, variables: { id, after } }, {
      next: ({ data }) => onBatch(data!),
      error: reject,
      complete: resolve,
    });
  }).finally(() => client.dispose());
  return { done, cut: () => connection.abort() };
};

describe.each([
  ['graphql-ws', overSocket],
  ['graphql-sse', overEvents],
])('%s', (_, follow) => {
  it('follows a deployment to its end', async () => {
    const id = await run();
    const events: Event[] = [];
    await follow(id, null, (batch) => events.push(...batch.deploymentProgress.events)).done;
    await reaches(admin, id, 'COMPLETED');
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
    expect(events).toEqual(await stored(id));
  });

  it('goes on after its last cursor when it is cut off', async () => {
    const id = await run();
    const events: Event[] = [];
    let cursor: string | null = null;
    let cuts = 0;
    for (let connections = 1; ; connections += 1) {
      expect(connections).toBeLessThan(500);
      let batches = 0;
      const connection = follow(id, cursor, (batch) => {
        // What still comes after the cut is lost to a client whose connection broke.
        batches += 1;
        if (batches > 1 && cuts < 10) return;
        cursor = batch.deploymentProgress.cursor;
        events.push(...batch.deploymentProgress.events);
        if (cuts < 10) connection.cut();
      });
      const ended = await connection.done.then(() => true, () => false);
      if (ended && (batches <= 1 || cuts >= 10)) break;
      cuts += 1;
    }
    await reaches(admin, id, 'COMPLETED');
    expect(cuts).toBeGreaterThan(2);
    expect(events).toEqual(await stored(id));
  });
});

describe('graphql-ws', () => {
  it('is told for good that a token proves nobody', async () => {
    const client = createSocketClient({
      url: `${server.address.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      lazy: false,
      connectionParams: { authorization: 'Bearer nobody' },
      retryAttempts: 0,
      onNonLazyError: () => undefined,
    });
    const code = await new Promise<number>((resolve) => client.on('closed', (event) => resolve((event as CloseEvent).code)));
    expect(code).toBe(4403);
    await client.dispose();
  });
});

describe('graphql-sse', () => {
  it('answers queries, and tells what is wrong with one', async () => {
    const client = createEventClient({ url: `${server.address}/graphql`, headers: { cookie: admin.cookie }, retryAttempts: 0 });
    const results = [];
    for await (const result of client.iterate({ query: '{ viewer { level } }' })) results.push(result);
    for await (const result of client.iterate({ query: '{ nothing }' })) results.push(result);
    expect(results).toMatchObject([
      { data: { viewer: { level: 'ADMIN' } } },
      { errors: [{ extensions: { code: 'BAD_REQUEST' } }] },
    ]);
    client.dispose();
  });

  it('is told by the status that a token proves nobody', async () => {
    const client = createEventClient({
      url: `${server.address}/graphql`,
      headers: { authorization: 'Bearer nobody' },
      retryAttempts: 0,
    });
    const failed = (async () => {
      for await (const result of client.iterate({ query: RECEIVED })) expect(result).toBeNull();
    })();
    await expect(failed).rejects.toMatchObject({ response: { status: 401 } });
    client.dispose();
  });
});
