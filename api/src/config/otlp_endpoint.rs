//! Where traces are sent.

use axum::http::Uri;
use std::fmt;

/// The address of an OpenTelemetry collector that speaks OTLP over HTTP, without the path for traces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtlpEndpoint(String);

impl OtlpEndpoint {
    /// Reads `http://HOST[:PORT][/PATH]`. A refusal repeats nothing of the value: it may hold a password.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn parse(text: &str) -> Result<Self, String> {
        if !cfg!(feature = "otlp") {
            return Err("otlp_endpoint: this Rookery was built without the feature otlp and exports no traces".into());
        }
        let wrong = "otlp_endpoint: must be an address such as http://127.0.0.1:4318";
        let uri: Uri = text.parse().map_err(|_| wrong.to_owned())?;
        let authority = uri.authority().ok_or(wrong)?;
        if uri.scheme_str() == Some("https") {
            return Err(
                "otlp_endpoint: traces go out over http:// alone, so let a collector on this machine or in this \
                        network pass them on by TLS"
                    .into(),
            );
        }
        if uri.scheme_str() != Some("http") || uri.query().is_some() || authority.as_str().contains('@') {
            return Err(wrong.into());
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }

    /// The address, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OtlpEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
