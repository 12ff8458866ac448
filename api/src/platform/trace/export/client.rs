//! What carries spans to a collector: one connection a batch, over the HTTP that we have anyway.

use async_trait::async_trait;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time::timeout;

/// How long a batch may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How much of an answer is read.
const ANSWER_MOST: usize = 64 * 1024;

/// Sends requests from the server's own runtime: the exporter's thread has none.
#[derive(Debug)]
pub(super) struct Http {
    runtime: Handle,
}

impl Http {
    pub(super) const fn new(runtime: Handle) -> Self {
        Self { runtime }
    }
}

#[async_trait]
impl HttpClient for Http {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        self.runtime.spawn(async { timeout(PATIENCE, send(request)).await }).await??
    }
}

async fn send(request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
    let (mut parts, content) = request.into_parts();
    let authority = parts.uri.authority().ok_or("the collector's address has no host")?.clone();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) = handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    parts.headers.insert("host", authority.as_str().parse()?);
    parts.uri = path.parse()?;
    let response = sender.send_request(Request::from_parts(parts, Full::new(content))).await?;
    let (parts, content) = response.into_parts();
    let content = Limited::new(content, ANSWER_MOST).collect().await?.to_bytes();
    drop(sender);
    connection.abort();
    Ok(Response::from_parts(parts, content))
}
