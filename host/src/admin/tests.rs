//! What the admin listener decides by itself; tests/tests/main/http/admin.rs drives it whole.

use super::hosts::Allowed;

#[test]
fn a_loopback_listener_knows_localhost_and_addresses_only() {
    let allowed = Allowed::new("127.0.0.1:8182".parse().unwrap());
    for host in ["localhost", "LocalHost:1", "127.0.0.1", "10.0.0.1:8182", "[::1]", "[::1]:8182"] {
        assert!(allowed.admits(host), "{host}");
    }
    for host in ["example.com", "localhost.example.com:8182", "127.0.0.1.example.com", "local host"] {
        assert!(!allowed.admits(host), "{host}");
    }
}

#[test]
fn a_listener_beyond_loopback_takes_any_name() {
    assert!(Allowed::new("0.0.0.0:8182".parse().unwrap()).admits("outrigger.example.com:8182"));
}
