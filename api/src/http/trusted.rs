//! Which document a request means, and whether it is carried out for its sender at all. Decided before anything is.
//!
//! A request may name its document by the SHA-256 of its text, as the draft of GraphQL over HTTP has it. Known are the
//! app's own documents, which were noted when the app was built, and to an access token that is confined to some, those,
//! and no others.

use super::Web;
use super::answer::coded;
use super::document::{self, Sizes};
use super::posted::{Admitted, Posted, Source};
use crate::config::Introspection;
use crate::identity::trusted_documents::own_document;
use crate::platform::canonical::sha256_hex;
use crate::platform::error::AppError;
use crate::platform::graphql::document_check::DocumentCheck;
use crate::platform::viewer::Viewer;
use crate::schema;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument};
use async_graphql::{Request, Response, ServerError};
use futures::FutureExt as _;
use std::collections::HashMap;
use std::sync::Arc;

/// The texts that the app sends, as its build noted them; none if the app is not built into this server.
const NOTED: &str = include_str!(concat!(env!("OUT_DIR"), "/app_documents.json"));

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

/// The app's own documents, by their hashes.
pub(super) struct AppDocuments(HashMap<String, Arc<str>>);

impl AppDocuments {
    pub(super) fn noted() -> Self {
        let texts: Vec<Arc<str>> = serde_json::from_str(NOTED).unwrap_or_else(|error| {
            tracing::error!(error = ?error, "what the app sends was not noted as it should be");
            Vec::new()
        });
        Self(texts.into_iter().map(|text| (sha256_hex(text.as_bytes()), text)).collect())
    }
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
    if viewer.person().is_some_and(|person| person.limits.is_confined) {
        let text = own_document(viewer, &posted.hash()).await?;
        let refused =
            AppError::Forbidden("This access token carries out the documents that it was created with, no others.");
        return Ok(posted.admit(web.sizes(), &text.ok_or(refused)?)?);
    }
    let admitted = match &posted.source {
        Source::Text(text) => {
            let text = text.clone();
            posted.admit(web.sizes(), &text)?
        }
        Source::Hash(hash) => {
            let text = web.app_documents().0.get(hash).cloned().ok_or_else(unknown)?;
            posted.admit(web.sizes(), &text)?
        }
    };
    let may_look = match web.introspection {
        Introspection::Everyone => true,
        Introspection::SignedIn => viewer.person().is_some(),
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
            let admitted = document::admit(&sizes, &text, Some(""), None, false).map_err(what)?;
            let request = unselected(admitted.document);
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
