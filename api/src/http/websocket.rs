//! GraphQL over WebSocket, by the protocol `graphql-transport-ws`.
//!
//! Written by hand since the executor's own has other close codes, and lets one busy stream starve the rest. Here every
//! operation is a task that waits its turn for a bounded queue, one task writes, and the socket ends with its session.

mod operation;
mod protocol;
mod session;
mod socket;

use super::answer::{Media, failure, refusal};
use super::credential::{from_authorization, from_cookie};
use super::graphql::LARGEST;
use super::outermost::asked_by;
use super::usage::client_of;
use super::{Peer, Web};
use axum::extract::ws::WebSocketUpgrade;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use socket::Handshake;

/// The only subprotocol.
const PROTOCOL: &str = "graphql-transport-ws";

/// What each socket has at hand for what is read, in bytes: most are silent most of the time, and for what is longer it grows.
const READ_BUFFER: usize = 1024;
/// What is written at once, in bytes.
const WRITE_BUFFER: usize = 4 * 1024;

/// Opens a socket. Browsers send cookies along from any page, and no preflight: so the page's origin decides.
pub(super) fn upgrade(web: Web, peer: Peer, headers: &HeaderMap, upgrade: WebSocketUpgrade) -> Response {
    if !web.origins().admits(headers) {
        let message = "This page may not act for its visitors here.";
        return refusal(StatusCode::FORBIDDEN, Media::Json, "FORBIDDEN", message);
    }
    let credential = match from_authorization(headers) {
        Ok(credential) => credential.or_else(|| from_cookie(headers)),
        Err(error) => return failure(Media::Json, error),
    };
    let handshake = Handshake { credential, peer, client: client_of(headers), asked_by: asked_by(headers) };
    upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_message_size(2 * LARGEST)
        .max_frame_size(2 * LARGEST)
        .on_upgrade(move |socket| socket::serve(web, socket, handshake))
}
