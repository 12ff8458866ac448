//! How an operation learns whether a document could be carried out: only the transports know their limits and the schema.

use futures::future::BoxFuture;
use std::sync::Arc;

/// Answers what is wrong with a document, in words for a person.
type Check = dyn Fn(String) -> BoxFuture<'static, Result<(), String>> + Send + Sync;

/// See the [module](self).
#[derive(Clone)]
pub struct DocumentCheck(Arc<Check>);

impl DocumentCheck {
    /// By this function.
    pub fn new(check: impl Fn(String) -> BoxFuture<'static, Result<(), String>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(check))
    }

    /// Checks a document against the schema and the limits, without carrying anything out.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn check(&self, document: &str) -> Result<(), String> {
        (self.0)(document.to_owned()).await
    }
}
