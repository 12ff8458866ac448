//! Headers that keep browsers from doing what our pages never need.

use crate::config::PublicUrl;
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};

const CROSS_ORIGIN_OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// The headers' values.
pub(super) struct Security {
    policy: HeaderValue,
    is_secure: bool,
}

impl Security {
    pub(super) fn new(public_url: &PublicUrl) -> Self {
        // Styles are set by scripts of ours at run time. Not every browser takes 'self' for the same host's sockets.
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
             font-src 'self' data:; worker-src 'self'; manifest-src 'self'; connect-src 'self' {}; \
             base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
            public_url.websocket()
        );
        // An authority that was parsed as one is ASCII; without it the policy is only narrower.
        let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'self'"));
        Self { policy, is_secure: public_url.is_secure }
    }

    /// Adds them to an answer.
    pub(super) fn add(&self, headers: &mut HeaderMap) {
        headers.insert(CONTENT_SECURITY_POLICY, self.policy.clone());
        if self.is_secure {
            // A year. Other names below the domain are not ours to decide on.
            headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
        }
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(CROSS_ORIGIN_OPENER_POLICY, HeaderValue::from_static("same-origin"));
    }
}
