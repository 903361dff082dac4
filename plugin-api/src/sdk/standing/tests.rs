//! Checks what a provider remembers of its backend.

use super::Standing;
use crate::sdk::{ErrorKind, Health, ProviderError};

#[test]
fn only_a_refusal_is_trouble_and_only_a_success_ends_it() {
    let standing = Standing::default();
    let fail = |kind| standing.noted::<()>(Err(ProviderError::new(kind, "said no"))).unwrap_err();
    assert_eq!(fail(ErrorKind::Unavailable).kind, ErrorKind::Unavailable);
    assert_eq!(standing.health(), Health::Serving);
    fail(ErrorKind::Refused);
    fail(ErrorKind::Timeout);
    assert_eq!(standing.health(), Health::Degraded("said no".to_owned()));
    assert_eq!(standing.noted(Ok(7)), Ok(7));
    assert_eq!(standing.health(), Health::Serving);
}

#[test]
fn after_the_end_nothing_is_open() {
    let standing = Standing::default();
    assert_eq!(standing.open(), Ok(()));
    standing.end();
    assert_eq!(standing.open().unwrap_err().kind, ErrorKind::Unavailable);
}
