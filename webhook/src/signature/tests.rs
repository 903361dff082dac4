//! Checks signatures against those of another implementation (Python's `hmac`).

use super::Signer;

#[test]
fn a_signature_covers_time_and_body() {
    let signer = Signer::new("whsec").unwrap();
    let body = br#"{"kind":"analytics","records":[]}"#;
    let expected = "t=1795392000,v1=270fc6b6cee9a290942c044954631e169fcab6201111310bd624f04682499878";
    assert_eq!(signer.sign(1_795_392_000, body), expected);
    assert_ne!(signer.sign(1_795_392_001, body), expected);
    assert_ne!(signer.sign(1_795_392_000, b""), expected);
}

#[test]
fn a_secret_may_be_longer_than_a_block() {
    let signer = Signer::new(&"k".repeat(100)).unwrap();
    assert_eq!(signer.sign(0, b""), "t=0,v1=243c2f8200e1d4ee892e7a7ded377a65e2beb1c64b997c54b8b0f516216d4b0f");
}
