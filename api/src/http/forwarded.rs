//! Who sends a request that came through reverse proxies.

use crate::config::Proxies;
use axum::http::{HeaderMap, HeaderName};
use std::net::IpAddr;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address of the client. Each proxy appends whom it heard to `X-Forwarded-For`, so that it is read from its end for as
/// long as the addresses are trusted ones: what stands before was sent by the client, who may write anything.
pub(super) fn client(proxies: &Proxies, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let mut client = peer.to_canonical();
    let values = headers.get_all(FORWARDED_FOR).iter().rev();
    let hops = values.flat_map(|value| value.to_str().unwrap_or_default().rsplit(','));
    for hop in hops {
        if !proxies.contain(client) {
            break;
        }
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        client = address.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_trusted_proxies_say_who_the_client_is() {
        let proxies = Proxies::parse("127.0.0.1, 10.0.0.0/8,2001:db8::/32").unwrap();
        let client = |proxies: &Proxies, peer: &str, forwarded: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append(FORWARDED_FOR, HeaderValue::from_static(value));
            }
            super::client(proxies, peer.parse().unwrap(), &headers).to_string()
        };
        for (peer, forwarded, expected) in [
            ("127.0.0.1", ["198.51.100.7"].as_slice(), "198.51.100.7"),
            ("::ffff:127.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("203.0.113.1", &["198.51.100.7"], "203.0.113.1"),
            // What the client wrote itself stands before what the proxy appended.
            ("127.0.0.1", &["192.0.2.1, 198.51.100.7"], "198.51.100.7"),
            ("127.0.0.1", &["192.0.2.1", "198.51.100.7, 10.1.2.3"], "198.51.100.7"),
            ("127.0.0.1", &["10.9.9.9, 10.1.2.3"], "10.9.9.9"),
            ("127.0.0.1", &["198.51.100.7, nonsense"], "127.0.0.1"),
            ("2001:db8::1", &["2001:db9::1"], "2001:db9::1"),
        ] {
            assert_eq!(client(&proxies, peer, forwarded), expected, "{peer} {forwarded:?}");
        }
        assert_eq!(client(&Proxies::default(), "127.0.0.1", &["198.51.100.7"]), "127.0.0.1");
        assert!(Proxies::parse("10.0.0.0/8, here").is_err());
    }
}
