//! Addresses that no provider may reach: those that serve the machine the host runs on, such as a cloud's metadata.
//!
//! Checked after a name was looked up, right before the connection is made, so that a name that changes its address
//! between a check and the connection gains nothing. Not handled: a proxy looks names up itself.

use std::{
    error::Error,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Names of metadata services, which resolve inside a cloud only.
const METADATA_NAMES: [&str; 4] = ["metadata.google.internal", "metadata", "instance-data", "metadata.azure.internal"];
/// AWS' metadata over IPv6.
const AWS_METADATA: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
/// Alibaba's metadata.
const ALIBABA_METADATA: Ipv4Addr = Ipv4Addr::new(100, 100, 100, 200);
/// Azure's platform address: metadata, DHCP and the guest agent.
const AZURE_PLATFORM: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

/// An address that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refused(pub(super) String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Refused {}

/// Tells why no provider may reach this address; `None` where one may. Loopback and private networks are fine: that is
/// where self-hosted backends are, and the allow-list already names them.
pub(super) fn forbidden(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) if v4.is_link_local() => Some("a link-local address"),
        IpAddr::V4(v4) if v4 == ALIBABA_METADATA || v4 == AZURE_PLATFORM => Some("a cloud's metadata address"),
        IpAddr::V4(v4) if v4.is_unspecified() || v4.is_broadcast() || v4.is_multicast() => Some("no single machine"),
        IpAddr::V4(_) => None,
        IpAddr::V6(v6) if v6.is_unicast_link_local() => Some("a link-local address"),
        IpAddr::V6(v6) if v6 == AWS_METADATA => Some("a cloud's metadata address"),
        IpAddr::V6(v6) if v6.is_unspecified() || v6.is_multicast() => Some("no single machine"),
        // Written as IPv6, dialled as IPv4.
        IpAddr::V6(v6) => v6.to_ipv4_mapped().and_then(|v4| forbidden(IpAddr::V4(v4))),
    }
}

/// Tells whether the name is a metadata service's.
pub(super) fn is_metadata_name(name: &str) -> bool {
    METADATA_NAMES.iter().any(|known| name.trim_end_matches('.').eq_ignore_ascii_case(known))
}

/// Looks names up with the system and leaves out forbidden addresses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resolver;

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed: Vec<_> = found.iter().copied().filter(|found| forbidden(found.ip()).is_none()).collect();
            match found.first().and_then(|first| forbidden(first.ip())) {
                Some(why) if allowed.is_empty() => {
                    Err(Refused(format!("`{}` is {why}, which no provider may reach", name.as_str())).into())
                }
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}
