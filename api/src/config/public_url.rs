//! The address by which people reach this server.

use axum::http::Uri;
use std::fmt;

/// A scheme with a host and perhaps a port: an origin, as browsers say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    /// Whether people reach it over TLS.
    pub is_secure: bool,
    /// The host, with the port unless it is the scheme's own; in small letters.
    pub authority: String,
}

impl PublicUrl {
    /// Reads `http://HOST[:PORT]` or `https://HOST[:PORT]`.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("public_url: {text:?} is not an address such as https://rookery.example.com, without a path");
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let (scheme, usual_port) = match uri.scheme_str() {
            Some("http") => (false, ":80"),
            Some("https") => (true, ":443"),
            _ => return Err(wrong()),
        };
        let authority = uri.authority().ok_or_else(wrong)?.as_str().to_ascii_lowercase();
        if uri.path() != "/" || uri.query().is_some() || authority.contains('@') {
            return Err(wrong());
        }
        let authority = authority.strip_suffix(usual_port).unwrap_or(&authority).to_owned();
        Ok(Self { is_secure: scheme, authority })
    }

    /// The same address for WebSockets.
    #[must_use]
    pub fn websocket(&self) -> String {
        format!("{}://{}", if self.is_secure { "wss" } else { "ws" }, self.authority)
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.is_secure { "https" } else { "http" }, self.authority)
    }
}
