//! What a request carries to prove who sends it, and the cookie that an answer sets.

use super::Web;
use crate::identity::sessions::{Credential, viewer_of};
use crate::platform::error::{AppError, AppResult};
use crate::platform::graphql::session_cookie::CookieChange;
use crate::platform::viewer::Viewer;
use axum::http::header::{AUTHORIZATION, COOKIE, InvalidHeaderValue};
use axum::http::{HeaderMap, HeaderValue};
use cookie::{Cookie, SameSite, time::Duration};

const COOKIE_NAME: &str = "rookery_session";

/// The token of `Bearer TOKEN`.
pub(super) fn bearer(authorization: &str) -> Option<Credential> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer")).then(|| Credential::Token(token.trim().to_owned()))
}

/// The `Authorization` header's credential, if there is such a header.
///
/// # Errors
/// UNAUTHENTICATED for one that is not a bearer token.
pub(super) fn from_authorization(headers: &HeaderMap) -> AppResult<Option<Credential>> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    value.to_str().ok().and_then(bearer).map(Some).ok_or(AppError::Unauthenticated)
}

/// The session cookie.
pub(super) fn from_cookie(headers: &HeaderMap) -> Option<Credential> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(Cookie::split_parse)
        .filter_map(Result::ok)
        .find(|cookie| cookie.name() == COOKIE_NAME)
        .map(|cookie| Credential::Cookie(cookie.value().to_owned()))
}

/// Who sends a request.
pub(super) struct Sender {
    pub(super) viewer: Viewer,
    /// The request carries a cookie whose session has ended: the answer removes it.
    pub(super) has_stale_cookie: bool,
}

/// Finds out who sends a request.
///
/// # Errors
/// UNAUTHENTICATED for a wrong `Authorization`; a cookie whose session has ended makes the sender nobody.
pub(super) async fn sender(web: &Web, headers: &HeaderMap) -> AppResult<Sender> {
    if let Some(credential) = from_authorization(headers)? {
        let viewer = viewer_of(&web.kernel, &web.identity, &credential).await?;
        return Ok(Sender { viewer, has_stale_cookie: false });
    }
    let Some(credential) = from_cookie(headers) else {
        return Ok(Sender { viewer: Viewer::anonymous(&web.kernel), has_stale_cookie: false });
    };
    match viewer_of(&web.kernel, &web.identity, &credential).await {
        Ok(viewer) => Ok(Sender { viewer, has_stale_cookie: false }),
        Err(AppError::Unauthenticated) => Ok(Sender { viewer: Viewer::anonymous(&web.kernel), has_stale_cookie: true }),
        Err(error) => Err(error),
    }
}

/// The `Set-Cookie` of a change, if it is one.
///
/// # Errors
/// If the secret is no header's value, which a secret of ours is.
pub(super) fn set_cookie(change: CookieChange, is_secure: bool) -> Result<Option<HeaderValue>, InvalidHeaderValue> {
    let (value, seconds) = match change {
        CookieChange::Keep => return Ok(None),
        CookieChange::Set(secret, seconds) => (secret, seconds),
        CookieChange::Clear => (String::new(), 0),
    };
    let cookie = Cookie::build((COOKIE_NAME, value))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(is_secure)
        .max_age(Duration::seconds(seconds));
    HeaderValue::from_str(&cookie.to_string()).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_found_where_they_belong() {
        let mut headers = HeaderMap::new();
        assert!(matches!(from_authorization(&headers), Ok(None)));
        headers.insert(AUTHORIZATION, HeaderValue::from_static("bearer abc"));
        assert!(matches!(from_authorization(&headers), Ok(Some(Credential::Token(token))) if token == "abc"));
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Basic abc"));
        assert!(from_authorization(&headers).is_err());
        headers.insert(COOKIE, HeaderValue::from_static("theme=dark; rookery_session=s3cret; x=y"));
        assert_eq!(from_cookie(&headers), Some(Credential::Cookie("s3cret".into())));
        headers.insert(COOKIE, HeaderValue::from_static("xrookery_session=no"));
        assert_eq!(from_cookie(&headers), None);
    }

    #[test]
    fn the_cookie_is_out_of_reach_for_scripts_and_foreign_sites() {
        let set = set_cookie(CookieChange::Set("abc".into(), 3600), true).expect("a value").expect("a change");
        assert_eq!(set, "rookery_session=abc; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=3600");
        let cleared = set_cookie(CookieChange::Clear, false).expect("a value").expect("a change");
        assert_eq!(cleared, "rookery_session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0");
        assert!(matches!(set_cookie(CookieChange::Keep, true), Ok(None)));
    }
}
