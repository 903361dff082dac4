//! Writes that apply only to an expected value: the ground of locks and optimistic updates.

use std::time::Duration;

use super::trial::{Checked, STORED, Trial, get, set, set_for, value};
use crate::sdk::Bytes;
use crate::sdk::cache::{Expiry, Op, Reply};

const HOUR: Duration = Duration::from_secs(3600);

fn swap(key: &Bytes, expected: &'static str, new: &'static str, expiry: Expiry) -> Op<Bytes> {
    Op::CompareAndSet { key: key.clone(), expected: expected.into(), value: new.into(), expiry }
}

pub(super) async fn compare_and_set_writes_where_equal(t: &Trial) -> Checked {
    let k = t.key("k");
    let swap = |expected, new| swap(&k, expected, new, Expiry::Never);
    t.steps([
        (swap("", "x"), Reply::No),
        (get(&k), Reply::Missing),
        (set(&k, "a"), STORED),
        (swap("b", "x"), Reply::No),
        (swap("", "x"), Reply::No),
        (swap("ab", "x"), Reply::No),
        (get(&k), value("a")),
        (swap("a", "b"), Reply::Yes),
        (swap("a", "c"), Reply::No),
        (swap("b", "b"), Reply::Yes),
        (swap("b", ""), Reply::Yes),
        (swap("", "1"), Reply::Yes),
        // Equal means equal bytes, not equal numbers.
        (swap("1.0", "x"), Reply::No),
        (swap("01", "x"), Reply::No),
        (get(&k), value("1")),
    ])
    .await?;
    let bytes = |text: &'static [u8]| Bytes::from_static(text);
    let op = |expected, value| Op::CompareAndSet { key: k.clone(), expected, value, expiry: Expiry::Never };
    t.steps([
        (set(&k, bytes(b"a\0b\xff")), STORED),
        (op(bytes(b"a\0c\xff"), bytes(b"x")), Reply::No),
        (op(bytes(b"a"), bytes(b"x")), Reply::No),
        (op(bytes(b"a\0b\xff"), bytes(b"\r\n\0")), Reply::Yes),
        (get(&k), value(b"\r\n\0")),
    ])
    .await
}

pub(super) async fn compare_and_set_takes_a_deadline(t: &Trial) -> Checked {
    let k = t.key("k");
    t.steps([(set(&k, "a"), STORED), (swap(&k, "a", "b", Expiry::In(HOUR)), Reply::Yes)]).await?;
    t.ttl_is(&k, HOUR).await?;
    t.expect(swap(&k, "b", "c", Expiry::Keep), Reply::Yes).await?;
    t.ttl_is(&k, HOUR).await?;
    t.expect(swap(&k, "x", "y", Expiry::Never), Reply::No).await?;
    t.ttl_is(&k, HOUR).await?;
    t.steps([
        (swap(&k, "c", "d", Expiry::Never), Reply::Yes),
        (Op::Ttl { key: k.clone() }, Reply::Persistent),
        (swap(&k, "d", "e", Expiry::In(Duration::ZERO)), Reply::Yes),
        (get(&k), Reply::Missing),
    ])
    .await
}

pub(super) async fn compare_and_delete_deletes_where_equal(t: &Trial) -> Checked {
    let k = t.key("k");
    let delete = |expected: &'static str| Op::CompareAndDelete { key: k.clone(), expected: expected.into() };
    t.steps([
        (delete(""), Reply::No),
        (set(&k, "mine"), STORED),
        (delete("yours"), Reply::No),
        (delete("nine"), Reply::No),
        (delete("min"), Reply::No),
        (delete(""), Reply::No),
        (get(&k), value("mine")),
        (delete("mine"), Reply::Yes),
        (get(&k), Reply::Missing),
        (delete("mine"), Reply::No),
        (set(&k, ""), STORED),
        (delete(""), Reply::Yes),
    ])
    .await
}

pub(super) async fn compare_and_expire_sets_where_equal(t: &Trial) -> Checked {
    let k = t.key("k");
    let expire =
        |expected: &'static str, expiry| Op::CompareAndExpire { key: k.clone(), expected: expected.into(), expiry };
    let hour = Expiry::In(HOUR);
    t.steps([
        (expire("", hour), Reply::No),
        (set_for(&k, "mine", Expiry::In(Duration::from_secs(60))), STORED),
        (expire("mine", hour), Reply::Yes),
    ])
    .await?;
    t.ttl_is(&k, HOUR).await?;
    for other in ["yours", "nine", "min", ""] {
        t.expect(expire(other, Expiry::In(Duration::ZERO)), Reply::No).await?;
    }
    t.ttl_is(&k, HOUR).await?;
    t.steps([(expire("mine", Expiry::In(Duration::ZERO)), Reply::Yes), (get(&k), Reply::Missing)]).await
}
