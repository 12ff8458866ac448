//! How long a client may be silent on its connection: before its first request, within the head of one, and between two.

use axum::body::{Body, Bytes};
use axum::response::Response;
use hyper::StatusCode;
use hyper::body::{Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// How long a client may be silent.
#[derive(Debug, Clone, Copy)]
pub(super) struct Silence {
    /// For how long the head of a request may come in; the first one from the beginning of the connection on.
    pub(super) head: Duration,
    /// For how long no request needs to come after one that was answered.
    pub(super) between: Duration,
}

/// Whose turn it is on a connection: odd while the server serves a request, and another number after each.
#[derive(Debug, Clone, Default)]
pub(super) struct Turn(Arc<AtomicUsize>);

impl Turn {
    /// From here on it is the turn of the other.
    pub(super) fn pass(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    /// What is sent in answer, and ends the turn when all of it was taken. Who changes to another protocol has the
    /// connection for good.
    pub(super) fn answer(self, response: Response) -> Response<Answer> {
        let ends = (response.status() != StatusCode::SWITCHING_PROTOCOLS).then(|| End(self));
        response.map(|body| Answer { body, _ends: ends })
    }

    fn number(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }
}

#[derive(Debug)]
struct End(Turn);

impl Drop for End {
    fn drop(&mut self) {
        self.0.pass();
    }
}

/// The body of an answer.
#[derive(Debug)]
pub(super) struct Answer {
    body: Body,
    _ends: Option<End>,
}

impl hyper::body::Body for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection that ends, as if the client had hung up, when the client is silent for too long.
pub(super) struct Connection<S> {
    stream: S,
    turn: Turn,
    silence: Silence,
    /// The turn that it waits in.
    seen: usize,
    waits: Waits,
    timer: Pin<Box<Sleep>>,
}

/// What a connection waits for while it is the client's turn.
#[derive(Debug, Clone, Copy)]
enum Waits {
    /// The rest of a head, until then.
    Head(Instant),
    /// The first byte of the next request, until then.
    Next(Instant),
}

impl<S> Connection<S> {
    /// A connection that has just been made.
    pub(super) fn new(stream: S, turn: Turn, silence: Silence) -> Self {
        let until = Instant::now() + silence.head;
        Self { stream, turn, silence, seen: 0, waits: Waits::Head(until), timer: Box::pin(sleep_until(until)) }
    }

    /// Until when it waits, by what has come or not; none while a request is served.
    fn until(&mut self, came: bool) -> Option<Instant> {
        let turn = self.turn.number();
        if turn % 2 == 1 {
            return None;
        }
        let is_new = turn != self.seen;
        self.seen = turn;
        if came && (is_new || matches!(self.waits, Waits::Next(_))) {
            self.waits = Waits::Head(Instant::now() + self.silence.head);
        } else if is_new {
            self.waits = Waits::Next(Instant::now() + self.silence.between);
        }
        let (Waits::Head(until) | Waits::Next(until)) = self.waits;
        Some(until)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Connection<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let filled = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buffer);
        let until = self.until(buffer.filled().len() > filled);
        if let (Poll::Pending, Some(until)) = (&polled, until) {
            if self.timer.deadline() != until {
                self.timer.as_mut().reset(until);
            }
            ready!(self.timer.as_mut().poll(cx));
            return Poll::Ready(Ok(()));
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Connection<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse as _;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
    use tokio::time::timeout;

    const SHORT: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_mins(1);

    fn pair(head: Duration, between: Duration) -> (DuplexStream, Connection<DuplexStream>, Turn) {
        let (client, server) = duplex(64);
        let turn = Turn::default();
        (client, Connection::new(server, turn.clone(), Silence { head, between }), turn)
    }

    fn answer(turn: &Turn, status: StatusCode) -> Response<Answer> {
        turn.pass();
        turn.clone().answer((status, "").into_response())
    }

    async fn read(connection: &mut Connection<DuplexStream>) -> usize {
        connection.read(&mut [0; 16]).await.expect("no error")
    }

    async fn goes_on(connection: &mut Connection<DuplexStream>) -> bool {
        timeout(4 * SHORT, read(connection)).await.is_err()
    }

    #[tokio::test]
    async fn the_first_head_has_its_time_however_it_comes_in() {
        let (mut client, mut connection, _turn) = pair(SHORT, LONG);
        let until = connection.until(false);
        client.write_all(b"GET").await.expect("written");
        assert_eq!(read(&mut connection).await, 3);
        assert_eq!(connection.until(true), until);
        assert_eq!(timeout(LONG, read(&mut connection)).await, Ok(0));
        let (_client, mut silent, _turn) = pair(SHORT, LONG);
        assert_eq!(timeout(LONG, read(&mut silent)).await, Ok(0));
    }

    #[tokio::test]
    async fn between_requests_there_is_more_time_than_for_a_head() {
        let (mut client, mut connection, turn) = pair(SHORT, LONG);
        drop(answer(&turn, StatusCode::OK));
        assert!(goes_on(&mut connection).await);
        // The head of the next one has begun.
        client.write_all(b"GET").await.expect("written");
        assert_eq!(read(&mut connection).await, 3);
        assert_eq!(timeout(LONG, read(&mut connection)).await, Ok(0));
        let (_client, mut connection, turn) = pair(LONG, SHORT);
        drop(answer(&turn, StatusCode::OK));
        assert_eq!(timeout(LONG, read(&mut connection)).await, Ok(0));
    }

    #[tokio::test]
    async fn who_is_served_may_be_silent() {
        let (mut client, mut connection, turn) = pair(SHORT, SHORT);
        let sent = answer(&turn, StatusCode::OK);
        assert!(goes_on(&mut connection).await);
        // A byte of the body changes nothing.
        client.write_all(b"x").await.expect("written");
        assert_eq!(read(&mut connection).await, 1);
        assert!(goes_on(&mut connection).await);
        drop(sent);
        assert_eq!(timeout(LONG, read(&mut connection)).await, Ok(0));
        // Another protocol than HTTP.
        let (_client, mut connection, turn) = pair(SHORT, SHORT);
        drop(answer(&turn, StatusCode::SWITCHING_PROTOCOLS));
        assert!(goes_on(&mut connection).await);
    }
}
