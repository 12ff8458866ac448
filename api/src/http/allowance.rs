//! What is left of what a client may ask for, in an answer's headers:
//! <https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/>

use crate::platform::meter::{Standing, WINDOW};
use axum::http::header::{HeaderName, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue};
use std::time::Duration;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Tells where the client's bucket stands.
pub(super) fn tell(headers: &mut HeaderMap, standing: Option<Standing>) {
    let Some(Standing { limit, remaining, full_in }) = standing else { return };
    let policy = format!("\"points\";q={limit};w={}", WINDOW.as_secs());
    let left = format!("\"points\";r={remaining};t={}", seconds(full_in));
    for (name, value) in [(POLICY, policy), (LIMIT, left)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

/// Tells when to come again.
pub(super) fn tell_when(headers: &mut HeaderMap, retry_in: Option<Duration>) {
    if let Some(retry_in) = retry_in {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds(retry_in)));
    }
}

/// Rounded up: what is promised then is there then.
pub(super) fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}
