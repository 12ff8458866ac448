//! Which reverse proxies are believed.

use ipnet::IpNet;
use std::net::IpAddr;

/// The proxies whose word is taken.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Vec<IpNet>);

impl Proxies {
    /// Reads addresses and networks, separated by commas.
    ///
    /// # Errors
    /// The one that is neither.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parse = |one: &str| {
            one.parse()
                .or_else(|_| one.parse().map(IpAddr::into))
                .map_err(|_| format!("trusted_proxies: {one:?} is neither an address nor a network such as 10.0.0.0/8"))
        };
        text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(parse).collect::<Result<_, _>>().map(Self)
    }

    /// Whether this is one of them.
    #[must_use]
    pub fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}
