//! Which pages may speak to this server in their visitors' names.

use crate::config::PublicUrl;
use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};
use std::net::IpAddr;

/// Decides on the `Origin` that browsers send.
pub(super) struct Origins {
    public: String,
    /// In a demo every password is known: a page whose name was made to resolve to loopback must not get in by it.
    loopback_only: bool,
}

impl Origins {
    pub(super) fn new(public_url: &PublicUrl, demo: bool) -> Self {
        Self { public: public_url.to_string(), loopback_only: demo }
    }

    /// Whether the request comes from our own pages, or from no page at all.
    pub(super) fn admits(&self, headers: &HeaderMap) -> bool {
        let mut origins = headers.get_all(ORIGIN).iter();
        let Some(origin) = origins.next() else { return !is_embedded(headers) };
        let (Ok(origin), None) = (origin.to_str(), origins.next()) else { return false };
        if origin.eq_ignore_ascii_case(&self.public) {
            return true;
        }
        let Some(host) = headers.get(HOST).and_then(|host| host.to_str().ok()) else { return false };
        let same_host = ["http://", "https://"]
            .into_iter()
            .filter_map(|scheme| origin.strip_prefix(scheme))
            .any(|authority| authority.eq_ignore_ascii_case(host));
        same_host && (!self.loopback_only || is_loopback(host))
    }
}

/// Whether a browser says that a foreign page wants this: what pages embed, such as images, is fetched without an `Origin`.
fn is_embedded(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none")
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    };
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn request(host: &'static str, origins: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::from_static(host));
        for origin in origins {
            headers.append(ORIGIN, HeaderValue::from_static(origin));
        }
        headers
    }

    #[test]
    fn foreign_pages_are_refused() {
        let public = PublicUrl::parse("https://rookery.example.com").expect("right");
        let ours = Origins::new(&public, false);
        assert!(ours.admits(&request("10.0.0.1:4000", &[])));
        assert!(ours.admits(&request("10.0.0.1:4000", &["https://rookery.example.com"])));
        assert!(ours.admits(&request("10.0.0.1:4000", &["http://10.0.0.1:4000"])));
        for foreign in [
            "https://evil.example",
            "null",
            "",
            "http://10.0.0.1",
            "http://10.0.0.1:4000.evil.example",
            "ws://10.0.0.1:4000",
        ] {
            assert!(!ours.admits(&request("10.0.0.1:4000", &[foreign])), "{foreign}");
        }
        assert!(!ours.admits(&request("10.0.0.1:4000", &["http://10.0.0.1:4000", "https://evil.example"])));
    }

    #[test]
    fn a_demo_is_spoken_to_by_loopback_names_only() {
        let public = PublicUrl::parse("http://127.0.0.1:4000").expect("right");
        let demo = Origins::new(&public, true);
        for host in ["localhost:4000", "[::1]:4000", "127.0.0.2:4000"] {
            let origin: &'static str = Box::leak(format!("http://{host}").into_boxed_str());
            assert!(demo.admits(&request(host, &[origin])), "{host}");
        }
        assert!(!demo.admits(&request("rebound.example:4000", &["http://rebound.example:4000"])));
    }
}
