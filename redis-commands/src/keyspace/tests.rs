//! Tests of the prefix.

use outrigger_plugin_api::sdk::Bytes;

use super::Keyspace;

#[test]
fn keys_lose_the_prefix_they_were_given() {
    for prefix in ["", "app:", "*["] {
        let space = Keyspace::new(prefix.to_owned());
        let outer = space.outer(&Bytes::from_static(b"k\0\xff"));
        assert_eq!(outer, [prefix.as_bytes(), b"k\0\xff"].concat());
        assert_eq!(space.inner(outer.to_vec()), Some(Bytes::from_static(b"k\0\xff")));
    }
    assert_eq!(Keyspace::new("app:".to_owned()).inner(b"other:k".to_vec()), None);
}

#[test]
fn a_pattern_takes_the_prefix_literally() {
    let space = Keyspace::new("a?".to_owned());
    assert_eq!(space.pattern(b"b*\\[x]"), b"a\\?b\\*\\\\\\[x\\]*");
    assert_eq!(Keyspace::new(String::new()).pattern(b""), b"*");
}
