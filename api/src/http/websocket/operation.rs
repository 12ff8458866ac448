//! One operation on a socket, from `subscribe` to `complete`.

use super::super::answer::{error_of, internal_error, was_refused, write};
use super::super::execution::{Caller, prepare};
use super::super::labels::Transport;
use super::super::metrics::Open;
use super::super::posted::Posted;
use super::super::watch::{InTrace, Watched};
use super::super::{Peer, Web};
use super::protocol::complete;
use crate::platform::error::AppError;
use crate::platform::graphql::session_cookie::CookieJar;
use crate::platform::trace::TraceContext;
use crate::platform::viewer::Viewer;
use crate::usage::client::Client;
use async_graphql::{Response, ServerError};
use futures::StreamExt as _;
use serde::Serialize;
use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::mpsc::Sender;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{AbortHandle, Id};

/// The operations that go on, by their clients' names.
#[derive(Clone, Default)]
pub(super) struct Operations(Arc<Mutex<HashMap<String, AbortHandle>>>);

impl Operations {
    pub(super) fn count(&self) -> usize {
        self.map().len()
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.map().contains_key(id)
    }

    pub(super) fn insert(&self, id: String, task: AbortHandle) {
        self.map().insert(id, task);
    }

    pub(super) fn remove(&self, id: &str) -> Option<AbortHandle> {
        self.map().remove(id)
    }

    /// Removes the operation that was carried out by this task, and answers its name.
    pub(super) fn remove_task(&self, task: Id) -> Option<String> {
        let mut map = self.map();
        let id = map.iter().find(|(_, handle)| handle.id() == task).map(|(id, _)| id.clone())?;
        map.remove(&id);
        Some(id)
    }

    fn map(&self) -> MutexGuard<'_, HashMap<String, AbortHandle>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A message that waits to be written.
pub(super) struct Frame {
    pub(super) text: String,
    /// What it takes of the socket's [`WAITING_BYTES`], until it is written.
    pub(super) room: Option<OwnedSemaphorePermit>,
    _waiting: Open,
}

/// So many bytes may wait on a socket; a message that is larger waits alone.
pub(super) const WAITING_BYTES: u32 = 1024 * 1024;

/// What an operation answers to and by.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) web: Web,
    pub(super) peer: Peer,
    pub(super) asked_by: Option<TraceContext>,
    /// How the client calls itself.
    pub(super) client: Client,
    pub(super) frames: Sender<Frame>,
    /// Of bytes that may wait to be written.
    pub(super) room: Arc<Semaphore>,
    pub(super) operations: Operations,
    /// Of the operations that come at once, only so many begin at once.
    pub(super) turns: Arc<Semaphore>,
}

#[derive(Serialize)]
struct Refused<'r> {
    r#type: &'static str,
    id: &'r str,
    payload: &'r [ServerError],
}

impl Line {
    /// Carries an operation out as `viewer` is now. Answers whether the session still lasts.
    pub(super) async fn operate(self, viewer: Viewer, id: String, posted: Posted) -> bool {
        let place = InTrace::new(&self.web, self.asked_by);
        let watched = Watched::begin(&self.web, Transport::WebSocket, place);
        let _open = self.web.metrics().socket_operation();
        place.around(self.carry_out(watched, viewer, id, posted)).await
    }

    async fn carry_out(self, watched: Watched, viewer: Viewer, id: String, posted: Posted) -> bool {
        // By this it is known: its name may be another's by the time it ends.
        let task = tokio::task::id();
        // Nobody closes it; and without a turn it would begin all the same.
        let turn = self.turns.acquire().await;
        let viewer = match viewer.refreshed().await {
            Ok(viewer) => viewer,
            Err(error) => {
                let has_ended = matches!(error, AppError::Unauthenticated);
                let refused = Response::from_errors(vec![error_of(error)]);
                watched.answered(&refused);
                if has_ended {
                    return false;
                }
                self.operations.remove_task(task);
                self.refuse(&id, &refused.errors).await;
                return true;
            }
        };
        let caller = Caller { viewer, peer: self.peer, client: self.client.clone(), watched };
        // A socket sets no cookies: whoever signs in here has the token.
        let ready = match prepare(&self.web, &caller, posted, &CookieJar::default()).await {
            Ok(ready) => ready,
            Err(refused) => {
                self.operations.remove_task(task);
                self.refuse(&id, &refused.response.errors).await;
                return true;
            }
        };
        drop(turn);
        let mut responses = pin!(ready.stream(&self.web));
        let mut is_first = true;
        while let Some(response) = responses.next().await {
            if is_first && was_refused(&response) {
                self.operations.remove_task(task);
                self.refuse(&id, &response.errors).await;
                return true;
            }
            is_first = false;
            self.send(next(&id, &response)).await;
        }
        // The name is free again before the client hears so.
        self.operations.remove_task(task);
        self.send_text(complete(&id)).await;
        true
    }

    /// Answers for an operation that panicked.
    pub(super) async fn fail(&self, id: &str, correlation: &str) {
        let error = internal_error(correlation);
        let next = serde_json::json!({ "type": "next", "id": id, "payload": { "errors": [error], "data": null } });
        self.send_text(next.to_string()).await;
        self.send_text(complete(id)).await;
    }

    /// Answers `error`: the operation was not carried out.
    pub(super) async fn refuse(&self, id: &str, errors: &[ServerError]) {
        self.send(serde_json::to_string(&Refused { r#type: "error", id, payload: errors })).await;
    }

    async fn send(&self, message: serde_json::Result<String>) {
        match message {
            Ok(text) => self.send_text(text).await,
            Err(error) => tracing::error!(error = ?error, "an answer could not be written"),
        }
    }

    /// Has a message written, when its turn comes.
    pub(super) async fn send_text(&self, text: String) {
        // If nobody reads any more, the socket is ending, and this task with it.
        let waiting = self.web.metrics().socket_message();
        let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX).min(WAITING_BYTES);
        // Nobody closes it; and without room it could be sent all the same.
        let room = self.room.clone().acquire_many_owned(bytes).await.ok();
        drop(self.frames.send(Frame { text, room, _waiting: waiting }).await);
    }
}

/// The message with an operation's next answer.
fn next(id: &str, response: &Response) -> serde_json::Result<String> {
    let mut message = br#"{"type":"next","id":"#.to_vec();
    serde_json::to_writer(&mut message, id)?;
    message.extend_from_slice(br#","payload":"#);
    write(response, true, &mut message)?;
    message.push(b'}');
    String::from_utf8(message).map_err(serde::ser::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::Operations;
    use std::future::pending;

    #[tokio::test]
    async fn an_operation_that_ends_leaves_the_next_of_its_name_alone() {
        let operations = Operations::default();
        let (first, second) = (tokio::spawn(pending::<()>()), tokio::spawn(pending::<()>()));
        operations.insert("1".to_owned(), first.abort_handle());
        // The client completes it and subscribes anew just as it ends.
        operations.remove("1");
        operations.insert("1".to_owned(), second.abort_handle());
        assert_eq!(operations.remove_task(first.id()), None);
        assert_eq!(operations.remove_task(second.id()).as_deref(), Some("1"));
        assert_eq!(operations.count(), 0);
    }
}
