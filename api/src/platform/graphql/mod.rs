//! GraphQL building blocks: policies on fields, the mapping of errors, payloads, connections, loaders,
//! and the reader of whole selections, which writes them as text.

pub mod connection;
pub mod descriptor;
pub mod document_check;
pub mod errors;
pub mod loader;
pub mod policy;
pub mod projection;
pub mod rate_limit;
pub mod session_cookie;
pub mod shape;
pub mod shared;
pub mod text;

pub use connection::{OrderDirection, PageInfo};
pub use errors::UserErrorObject;
pub use policy::{GqlPermission, Requires, SignedIn, public, requires, signedIn};

use crate::platform::viewer::Viewer;
use async_graphql::Context;

/// Who asks.
///
/// # Errors
/// INTERNAL if the transport forgot to say so.
pub fn viewer<'c>(context: &Context<'c>) -> async_graphql::Result<&'c Viewer> {
    context.data::<Viewer>()
}
