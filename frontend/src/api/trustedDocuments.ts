import type { Client as Socket, FormattedExecutionResult, Sink, SubscribePayload } from 'graphql-ws';

/** What the server says of a document whose text it was never given. */
export const UNKNOWN_DOCUMENT = 'UNKNOWN_DOCUMENT';

interface Refusal {
  errors?: readonly { extensions?: { reason?: string } }[];
}

/** Documents that this server does not know: those of another version of the app. Their texts are sent. */
const unknown = new Set<string>();
const ids = new Map<string, Promise<string>>();

async function hash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return `sha256:${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/**
 * The id by which the server knows a document, or null where its text is to be sent: while developing, when the server
 * knows no ids; on a page that came without TLS from elsewhere than this machine, where browsers do not hash.
 */
export async function documentId(text: string): Promise<string | null> {
  if (import.meta.env.DEV || !globalThis.crypto?.subtle) return null;
  let id = ids.get(text);
  if (!id) ids.set(text, (id = hash(text)));
  const known = await id;
  return unknown.has(known) ? null : known;
}

/** Whether an answer's errors say that the document is unknown. From then on its text is sent. */
export function isUnknown(id: string, errors: Refusal['errors']): boolean {
  const refused = errors?.some(({ extensions }) => extensions?.reason === UNKNOWN_DOCUMENT) ?? false;
  if (refused) unknown.add(id);
  return refused;
}

/** As `fetch`, for requests whose body has a `query`: sends its id, and the text to a server that does not know it. */
export const fetchTrusted: typeof fetch = async (input, init) => {
  const body = typeof init?.body === 'string' ? (JSON.parse(init.body) as { query?: string }) : null;
  const id = body?.query ? await documentId(body.query) : null;
  if (!id) return fetch(input, init);
  const short = { ...body, query: undefined, documentId: id };
  const response = await fetch(input, { ...init, body: JSON.stringify(short) });
  // What was not carried out is answered with 400, to who takes `application/graphql-response+json`.
  if (response.status !== 400) return response;
  const text = await response.text();
  const { errors } = JSON.parse(text) as Refusal;
  if (isUnknown(id, errors)) return fetch(input, init);
  return new Response(text, { status: response.status, headers: response.headers });
};

/**
 * For the socket's messages as JSON: leaves the empty text out where an id stands for it. The socket's library insists on
 * a text.
 */
export function withoutText(key: string, value: unknown): unknown {
  if (key !== 'payload' || typeof value !== 'object' || value === null || !('documentId' in value)) return value;
  return { ...value, query: undefined };
}

/** As `socket.subscribe`, by the id of the operation's document where the server knows it. */
export function subscribeTrusted(socket: Pick<Socket, 'subscribe'>, operation: SubscribePayload, sink: Sink<FormattedExecutionResult>) {
  let isOver = false;
  let stop = () => {};
  const begin = (payload: object, to: Sink<FormattedExecutionResult>) => {
    if (!isOver) stop = socket.subscribe(payload as SubscribePayload, to);
  };
  const withText = () => begin(operation, sink);
  void documentId(operation.query).then((id) => {
    if (!id) return withText();
    begin(
      { ...operation, query: '', documentId: id },
      {
        next: (result) => sink.next(result),
        error: (error) => (Array.isArray(error) && isUnknown(id, error) ? withText() : sink.error(error)),
        complete: () => sink.complete(),
      },
    );
  });
  return () => {
    isOver = true;
    stop();
  };
}
