//! Which document a request means, and whether it is carried out for its sender at all. Decided before anything is.
//!
//! A request may name its document by the SHA-256 of its text, as the draft of GraphQL over HTTP has it. Known are the
//! app's own documents, which were noted when the app was built, and to an access token that is confined to some, those,
//! and no others.

use super::Web;
use super::answer::coded;
use super::document::{Parsed, Sizes};
use super::posted::{Admitted, Posted, Source};
use crate::config::Introspection;
use crate::identity::trusted_documents::own_document;
use crate::platform::error::AppError;
use crate::platform::graphql::document_check::DocumentCheck;
use crate::platform::viewer::Viewer;
use crate::schema;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument};
use async_graphql::{Request, Response, ServerError};
use futures::FutureExt as _;
use std::sync::Arc;

/// What an id of a document begins with.
const PREFIX: &str = "sha256:";

/// By this, a client knows to send the text instead.
const UNKNOWN: &str = "UNKNOWN_DOCUMENT";

/// What the executor says of a document that is right, and whose operation it does not find.
const NOT_SELECTED: [&str; 2] = ["Unknown operation named \"\"", "Operation name required in request."];

/// The hash in an id of a document.
pub(super) fn hash_of(id: &str) -> Option<String> {
    let digits = id.strip_prefix(PREFIX)?;
    (digits.len() == 64 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())).then(|| digits.to_ascii_lowercase())
}

/// Why a request is not carried out.
pub(super) enum Refused {
    /// Its document is unknown, wrong or too costly.
    Document(ServerError),
    /// It is not for this sender.
    Sender(AppError),
}

impl From<ServerError> for Refused {
    fn from(error: ServerError) -> Self {
        Self::Document(error)
    }
}

impl From<AppError> for Refused {
    fn from(error: AppError) -> Self {
        Self::Sender(error)
    }
}

/// Finds the document that a request means, and parses it if it is carried out for `viewer` and not too costly.
///
/// # Errors
/// See [`Refused`].
pub(super) async fn admit(web: &Web, viewer: &Viewer, posted: Posted) -> Result<Admitted, Refused> {
    let is_confined = viewer.person().is_some_and(|person| person.limits.is_confined);
    let (hash, text) = if is_confined {
        let hash = posted.hash();
        let refused =
            AppError::Forbidden("This access token carries out the documents that it was created with, no others.");
        let text = own_document(&web.identity, viewer, &hash).await?.ok_or(refused)?;
        (hash, text)
    } else {
        match &posted.source {
            Source::Text(text) => {
                // Before all of it is read.
                Parsed::check_length(text)?;
                (posted.hash(), text.clone())
            }
            Source::Hash(hash) => (hash.clone(), web.documents().text_of_app(hash).ok_or_else(unknown)?),
        }
    };
    let is_signed_in = viewer.person().is_some();
    let admitted = web.documents().admit(is_signed_in, hash, &text, |parsed| posted.admit(web.sizes(), parsed))?;
    if is_confined {
        return Ok(admitted);
    }
    let may_look = match web.introspection {
        Introspection::Everyone => true,
        Introspection::SignedIn => is_signed_in,
        Introspection::Nobody => false,
    };
    if !may_look && admitted.introspects() {
        return Err(
            AppError::Forbidden("This server does not tell its schema here: read schema.graphql instead.").into()
        );
    }
    Ok(admitted)
}

fn unknown() -> ServerError {
    let mut error = ServerError::new("No document with this id is known here. Send its text.", None);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", "BAD_REQUEST");
    extensions.set("reason", UNKNOWN);
    error
}

/// Checks documents that an access token is to be confined to.
#[must_use]
pub fn document_check() -> DocumentCheck {
    let schema = schema::builder().finish();
    let sizes = Arc::new(Sizes::new());
    DocumentCheck::new(move |text| {
        let (schema, sizes) = (schema.clone(), sizes.clone());
        async move {
            let what = |error: ServerError| {
                let told = coded(Response::from_errors(vec![error]));
                told.errors.into_iter().map(|error| error.message).collect::<String>()
            };
            if super::posted::says_nul(&text) {
                return Err("the character NUL is in no text".to_owned());
            }
            // None of its operations is meant: what they could return depends on variables.
            let admitted =
                Parsed::parse(&text).map(Arc::new).and_then(|parsed| parsed.admit(&sizes, Some(""), None, false));
            let admitted = admitted.map_err(what)?;
            let request = unselected(admitted.parsed.document().clone());
            let errors = schema.execute(request).await.errors;
            match errors.into_iter().find(|error| !NOT_SELECTED.contains(&error.message.as_str())) {
                Some(error) => Err(what(error)),
                None => Ok(()),
            }
        }
        .boxed()
    })
}

/// A request for a document and none of its operations: the executor validates all of it, then does nothing. One that
/// names another operation would not have the arguments of these looked at.
fn unselected(mut document: ExecutableDocument) -> Request {
    let mut request = Request::new("");
    document.operations = match document.operations {
        DocumentOperations::Multiple(operations) if operations.len() > 1 => DocumentOperations::Multiple(operations),
        one => {
            request = request.operation_name("");
            let operation = one.iter().next().map(|(_, operation)| operation.clone());
            operation.map_or(one, DocumentOperations::Single)
        }
    };
    request.set_parsed_query(document);
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_hash() {
        let hash = "0123456789abcdef".repeat(4);
        assert_eq!(hash_of(&format!("sha256:{}", hash.to_uppercase())), Some(hash.clone()));
        for wrong in
            [hash.clone(), format!("sha256:{hash}0"), format!("sha512:{hash}"), format!("sha256:{}g", &hash[1..])]
        {
            assert_eq!(hash_of(&wrong), None, "{wrong}");
        }
    }

    #[tokio::test]
    async fn documents_are_checked_against_the_schema_and_the_limits() {
        let check = document_check();
        for right in [
            "{ viewer { level } }",
            "query A($id: ID!) { node(id: $id) { id ...B } } fragment B on User { name } query C { viewer { level } }",
            "mutation($input: SignOutInput) { signOut(input: $input) { signedOut } }",
            "subscription { notificationReceived { id } }",
            "{ __schema { types { name } } }",
        ] {
            assert_eq!(check.check(right).await, Ok(()), "{right}");
        }
        for (wrong, word) in [
            ("{ viewer { nothing } }", "nothing"),
            ("query A { nodes(ids: 1.5) { id } }", "ids"),
            ("query A { viewer { level } } query B { nodes(ids: 1.5) { id } }", "ids"),
            ("{ viewer ", "Syntax error"),
            ("query A { viewer { level } } query A { viewer { level } }", "A"),
            ("fragment B on User { name }", "operation"),
            ("{ node(id: \"\\u0000\") { id } }", "NUL"),
            ("{ viewer { ...A } } fragment A on Viewer { ...A }", "itself"),
        ] {
            let told = check.check(wrong).await.expect_err(wrong);
            assert!(told.contains(word), "{wrong}: {told}");
        }
        let huge = format!("{{ viewer {{ level }} }}{}", " ".repeat(16 * 1024));
        assert!(check.check(&huge).await.is_err_and(|told| told.contains("bytes")));
    }
}
