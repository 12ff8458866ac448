//! Accepts connections, each with limits on what a slow or silent peer can hold.

use super::forwarded::client;
use super::silence::{Connection, Silence, Turn};
use super::{Peer, Web};
use axum::Router;
use axum::body::Body;
use futures::TryFutureExt as _;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use socket2::SockRef;
use std::net::IpAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tower::ServiceExt as _;

/// Between requests it is longer than clients and proxies keep a connection that they do not use (nginx 60 s, Go 90 s, Caddy
/// 2 min). Whoever sends has to be the first to hang up: a request that meets the end of its connection fails, and its
/// sender cannot know whether it was carried out.
const SILENCE: Silence = Silence { head: Duration::from_secs(10), between: Duration::from_mins(3) };
/// How long a client may leave unread what was sent to it.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// How long requests under way and sockets may take to end.
const PATIENCE: Duration = Duration::from_secs(5);
/// After running out of file descriptors, for instance.
const PAUSE: Duration = Duration::from_millis(100);

/// A server that accepts connections.
pub struct Server {
    web: Web,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Begins to accept.
    #[must_use]
    pub fn start(listener: TcpListener, web: Web) -> Self {
        let accepting = tokio::spawn(accept(listener, web.clone(), web.closing().subscribe()));
        Self { web, accepting }
    }

    /// Stops accepting, lets requests under way finish, and closes the sockets.
    pub async fn shutdown(self) {
        let closing = self.web.closing();
        closing.send_replace(true);
        if let Err(error) = self.accepting.await {
            tracing::error!(error = ?error, "accepting connections ended badly");
        }
        // Each connection and each socket holds a receiver until it has ended.
        if timeout(PATIENCE, closing.closed()).await.is_err() {
            tracing::warn!(left = closing.receiver_count(), "some connections did not end in time");
        }
    }
}

async fn accept(listener: TcpListener, web: Web, mut closing: watch::Receiver<bool>) {
    let router = web.router();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = ends(&mut closing) => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                tokio::spawn(serve(stream, peer.ip(), web.clone(), router.clone(), closing.clone()));
            }
            Err(error) => {
                tracing::warn!(error = ?error, "a connection could not be accepted");
                sleep(PAUSE).await;
            }
        }
    }
}

async fn serve(stream: TcpStream, peer: IpAddr, web: Web, router: Router, mut closing: watch::Receiver<bool>) {
    let patience = SockRef::from(&stream).set_tcp_user_timeout(Some(READ_TIMEOUT));
    if let Err(error) = patience.and_then(|()| stream.set_nodelay(true)) {
        tracing::debug!(error = ?error, "a connection was gone before it was served");
        return;
    }
    let turn = Turn::default();
    let stream = Connection::new(stream, turn.clone(), SILENCE);
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        turn.pass();
        let turn = turn.clone();
        let mut request = request.map(Body::new);
        let sender = client(&web.proxies, peer, request.headers());
        request.extensions_mut().insert(Peer(sender));
        router.clone().oneshot(request).map_ok(|response| turn.answer(response))
    });
    // Its own limit for heads would hold for the time between requests, too.
    let connection =
        http1::Builder::new().header_read_timeout(None).serve_connection(TokioIo::new(stream), service).with_upgrades();
    let mut connection = pin!(connection);
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = ends(&mut closing) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(error = ?error, "a connection ended early");
    }
}

/// Returns once the server ends.
pub(super) async fn ends(closing: &mut watch::Receiver<bool>) {
    drop(closing.wait_for(|closing| *closing).await);
}
