//! One socket: its messages, its operations, and its end.

use super::super::answer::{correlation, error};
use super::super::graphql::LARGEST;
use super::super::outermost::panic_text;
use super::super::places::Place;
use super::super::server::ends;
use super::super::session_end::ended;
use super::super::usage::client_of_socket;
use super::super::{Peer, Web};
use super::operation::{Frame, Line, Operations, WAITING_BYTES};
use super::protocol::{Close, Incoming, ack, pong};
use super::session::authenticate;
use crate::identity::sessions::Credential;
use crate::platform::trace::TraceContext;
use crate::platform::viewer::Viewer;
use crate::usage::client::Client;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use futures::future::{BoxFuture, FutureExt as _, pending};
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt as _, StreamExt as _};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

/// How long a client may take to introduce itself.
const INIT_TIMEOUT: Duration = Duration::from_secs(10);
/// How many operations may go on at once on one socket.
const MOST_OPERATIONS: usize = 100;
/// How many of them begin at once: a hundred would need as much memory for a moment as thousands that go on.
const BEGINNING: usize = 4;
/// How many messages wait to be written.
const QUEUE: usize = 16;
/// How long a client may take to take one message: less than the connection itself waits for it (`server.rs`), so that it
/// can be told why it is hung up on.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);
/// How often a client is asked for a sign of life.
const HEARTBEAT: Duration = Duration::from_secs(30);
/// A client that gave none for so long is gone.
const SILENCE: Duration = Duration::from_secs(90);
/// How long closing takes at most.
const FAREWELL: Duration = Duration::from_secs(2);

/// What the request carried that opened the socket.
pub(super) struct Handshake {
    pub(super) credential: Option<Credential>,
    pub(super) peer: Peer,
    pub(super) client: Client,
    /// Where in a trace the socket was asked for.
    pub(super) asked_by: Option<TraceContext>,
}

type Sink = SplitSink<WebSocket, Message>;

/// Serves a socket until it ends.
pub(super) async fn serve(web: Web, socket: WebSocket, handshake: Handshake) {
    let _open = web.metrics().socket();
    let speaks_protocol = socket.protocol().is_some();
    let shutdown = web.closing().subscribe();
    let (sink, mut incoming) = socket.split();
    let (frames, outgoing) = mpsc::channel(QUEUE);
    let (order, orders) = oneshot::channel();
    let mut writer = tokio::spawn(write(web.clone(), sink, outgoing, orders));
    let close = if speaks_protocol {
        let turns = Arc::new(Semaphore::new(BEGINNING));
        let (peer, client) = (handshake.peer, handshake.client.clone());
        let room = Arc::new(Semaphore::new(WAITING_BYTES as usize));
        let (asked_by, operations) = (handshake.asked_by, Operations::default());
        let line = Line { web, peer, asked_by, client, frames, room, operations, turns };
        let mut conversation = Conversation {
            line,
            handshake,
            viewer: None,
            place: None,
            session_end: pending().boxed(),
            tasks: JoinSet::new(),
            heard: Instant::now(),
        };
        let close = conversation.go_on(&mut incoming, shutdown.clone()).await;
        conversation.tasks.shutdown().await;
        close
    } else {
        Some(Close::NotAcceptable)
    };
    match close {
        Some(close) => drop(order.send(close)),
        None => drop(order),
    }
    // The sink must live until the client has read the close frame: closing with its messages unread would reset it.
    let farewell = timeout(FAREWELL, async {
        let sink = (&mut writer).await;
        while let Some(Ok(_)) = incoming.next().await {}
        drop(sink);
    });
    if farewell.await.is_err() {
        writer.abort();
    }
    drop(shutdown);
}

/// Writes what the operations say, one message at a time, until told how to end, or until the client takes it no longer. What
/// waits is bounded by [`QUEUE`] and [`WAITING_BYTES`]: whoever says more waits until there is room.
async fn write(
    web: Web,
    mut sink: Sink,
    mut frames: mpsc::Receiver<Frame>,
    mut orders: oneshot::Receiver<Close>,
) -> Sink {
    let mut heartbeat = interval(HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        // Until it is written.
        let mut _room = None;
        let message = tokio::select! {
            biased;
            order = &mut orders => {
                if let Ok(close) = order {
                    say_farewell(&mut sink, &close).await;
                }
                return sink;
            }
            _ = heartbeat.tick() => Message::Ping(Vec::new().into()),
            // When nobody is left to say anything, the order is what is waited for.
            Some(frame) = frames.recv() => {
                _room = frame.room;
                Message::Text(frame.text.into())
            }
        };
        match timeout(WRITE_TIMEOUT, sink.send(message)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return sink,
            Err(_) => {
                web.metrics().cut_off();
                say_farewell(&mut sink, &Close::TooSlow).await;
                return sink;
            }
        }
    }
}

/// Tells why the socket is closed, if there is room for that.
async fn say_farewell(sink: &mut Sink, close: &Close) {
    // Not the reason: it may repeat what the client sent.
    tracing::debug!(code = close.frame().0, "closing a socket");
    let (code, reason) = close.frame();
    let frame = CloseFrame { code, reason: reason.into() };
    drop(timeout(FAREWELL, sink.send(Message::Close(Some(frame)))).await);
}

struct Conversation {
    line: Line,
    handshake: Handshake,
    /// Who it is with, once acknowledged.
    viewer: Option<Viewer>,
    /// Its place among the sockets of whoever that is.
    place: Option<Place>,
    session_end: BoxFuture<'static, ()>,
    /// The operations; each answers whether the session still lasts.
    tasks: JoinSet<bool>,
    heard: Instant,
}

impl Conversation {
    /// Answers why to close; nothing if the client is gone.
    async fn go_on(
        &mut self,
        incoming: &mut SplitStream<WebSocket>,
        mut shutdown: watch::Receiver<bool>,
    ) -> Option<Close> {
        let init_deadline = self.heard + INIT_TIMEOUT;
        let gone = self.line.frames.clone();
        loop {
            let silence = self.heard + SILENCE;
            tokio::select! {
                () = &mut self.session_end => return Some(Close::Forbidden),
                () = ends(&mut shutdown) => return Some(Close::GoingAway),
                () = gone.closed() => return None,
                () = sleep_until(init_deadline), if self.viewer.is_none() => return Some(Close::InitTimeout),
                () = sleep_until(silence) => return None,
                Some(done) = self.tasks.join_next_with_id() => match done {
                    Ok((_, true)) => {}
                    Ok((_, false)) => return Some(Close::Forbidden),
                    Err(error) => mourn(&self.line, error).await,
                },
                message = incoming.next() => {
                    self.heard = Instant::now();
                    match message? {
                        // Larger ones yet end the connection without a farewell, since the rest of them is not read.
                        Ok(Message::Text(text)) if text.len() > LARGEST => return Some(Close::TooLarge),
                        Ok(Message::Text(text)) => {
                            if let Err(close) = self.hear(&text).await {
                                return Some(close);
                            }
                        }
                        Ok(Message::Binary(_)) => return Some(Close::BadMessage("not a text".into())),
                        Ok(Message::Ping(_) | Message::Pong(_)) => {}
                        Ok(Message::Close(_)) => return None,
                        Err(_) => return Some(Close::TooLarge),
                    }
                }
            }
        }
    }

    async fn hear(&mut self, text: &str) -> Result<(), Close> {
        match Incoming::parse(text).map_err(Close::BadMessage)? {
            Incoming::ConnectionInit { payload } => {
                if self.viewer.is_some() {
                    return Err(Close::TooManyInits);
                }
                let viewer = authenticate(&self.line.web, &self.handshake, payload.as_ref()).await?;
                let client = client_of_socket(payload.as_ref(), &self.handshake.client);
                let place = self.line.web.places().take(&viewer, self.handshake.peer);
                self.place = Some(place.ok_or(Close::TooManySockets)?);
                self.line.client = client;
                self.session_end = ended(viewer.clone()).boxed();
                self.viewer = Some(viewer);
                self.line.send_text(ack()).await;
            }
            Incoming::Ping { payload } => self.line.send_text(pong(payload)).await,
            Incoming::Pong { .. } => {}
            Incoming::Complete { id } => {
                if let Some(task) = self.line.operations.remove(&id) {
                    task.abort();
                }
            }
            Incoming::Subscribe { id, payload } => {
                let viewer = self.viewer.clone().ok_or(Close::Unauthorized)?;
                if self.line.operations.has(&id) {
                    return Err(Close::Exists(id));
                }
                if self.line.operations.count() >= MOST_OPERATIONS {
                    let message = format!("At most {MOST_OPERATIONS} operations at once on a socket.");
                    self.line.refuse(&id, &[error("RATE_LIMITED", &message, None)]).await;
                    return Ok(());
                }
                let operations = self.line.operations.clone();
                // Held until the name is noted: the task must not remove it before.
                let (noted, ready) = oneshot::channel::<()>();
                let work = self.line.clone().operate(viewer, id.clone(), payload);
                let task = self.tasks.spawn(async move {
                    drop(ready.await);
                    work.await
                });
                operations.insert(id, task);
                // Its receiver is the task just spawned; if that is gone already, nobody waits.
                noted.send(()).ok();
            }
        }
        Ok(())
    }
}

/// Answers for an operation whose task did not come to its end: by a defect, unless the client ended it.
async fn mourn(line: &Line, error: JoinError) {
    let Some(id) = line.operations.remove_task(error.id()) else { return };
    if let Ok(panic) = error.try_into_panic() {
        line.fail(&id, &correlation(&panic_text(panic.as_ref()))).await;
    }
}
