//! Renaming and copying.

use std::time::Duration;

use super::trial::{Checked, STORED, Trial, exists, get, set, set_for, value};
use crate::sdk::Bytes;
use crate::sdk::cache::{Expiry, Op, Reply};

fn rename(key: &Bytes, to: &Bytes, if_absent: bool) -> Op<Bytes> {
    Op::Rename { key: key.clone(), to: to.clone(), if_absent }
}

fn copy(key: &Bytes, to: &Bytes, replace: bool) -> Op<Bytes> {
    Op::Copy { key: key.clone(), to: to.clone(), replace }
}

pub(super) async fn rename_moves_the_value(t: &Trial) -> Checked {
    let (a, b, none) = (t.key("{r}a"), t.key("{r}b"), t.key("{r}none"));
    t.steps([
        (rename(&none, &b, false), Reply::Missing),
        (rename(&none, &b, true), Reply::Missing),
        (set(&a, "1"), STORED),
        (rename(&a, &b, true), Reply::Yes),
        (exists(&a), Reply::No),
        (get(&b), value("1")),
        (set(&a, "2"), STORED),
        (rename(&a, &b, true), Reply::No),
        (get(&a), value("2")),
        (rename(&a, &b, false), Reply::Yes),
        (get(&b), value("2")),
        (exists(&a), Reply::No),
        // To itself.
        (rename(&b, &b, false), Reply::Yes),
        (rename(&b, &b, true), Reply::No),
        (get(&b), value("2")),
    ])
    .await
}

pub(super) async fn rename_and_copy_carry_the_deadline(t: &Trial) -> Checked {
    let (a, b, c) = (t.key("{m}a"), t.key("{m}b"), t.key("{m}c"));
    let hour = Duration::from_secs(3600);
    t.steps([(set_for(&a, "v", Expiry::In(hour)), STORED), (rename(&a, &b, false), Reply::Yes)]).await?;
    t.ttl_is(&b, hour).await?;
    t.expect(copy(&b, &c, false), Reply::Yes).await?;
    t.ttl_is(&c, hour).await?;
    // A target loses its own deadline.
    t.steps([
        (set(&a, "lasting"), STORED),
        (rename(&a, &b, false), Reply::Yes),
        (Op::Ttl { key: b.clone() }, Reply::Persistent),
        (copy(&b, &c, true), Reply::Yes),
        (Op::Ttl { key: c }, Reply::Persistent),
    ])
    .await
}

pub(super) async fn copy_keeps_the_source(t: &Trial) -> Checked {
    let (a, b) = (t.key("{c}a"), t.key("{c}b"));
    t.steps([
        (copy(&a, &b, true), Reply::No),
        (set(&a, "1"), STORED),
        (copy(&a, &b, false), Reply::Yes),
        (Op::Append { key: b.clone(), value: "+".into() }, Reply::Integer(2)),
        (get(&a), value("1")),
        (copy(&a, &b, false), Reply::No),
        (get(&b), value("1+")),
        (copy(&a, &b, true), Reply::Yes),
        (get(&b), value("1")),
    ])
    .await
}
