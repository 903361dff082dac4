//! Which operations set, keep or remove a deadline beside those that are for it.

use super::{
    expiry::{DAY, HOUR, MOMENT, OVER, at, ttl},
    trial::{Checked, STORED, Trial, exists, get, set, set_for, value},
};
use crate::sdk::cache::{Condition, Expiry, Op, Reply};

pub(super) async fn persist_removes_the_deadline(t: &Trial) -> Checked {
    let k = t.key("k");
    let persist = || Op::Persist { key: k.clone() };
    t.steps([
        (persist(), Reply::No),
        (set(&k, "v"), STORED),
        (persist(), Reply::No),
        (set_for(&k, "v", Expiry::In(HOUR)), STORED),
        (persist(), Reply::Yes),
        (ttl(&k), Reply::Persistent),
    ])
    .await
}

pub(super) async fn get_and_touch_sets_keeps_or_removes_the_deadline(t: &Trial) -> Checked {
    let k = t.key("k");
    let touch = |expiry| Op::GetAndTouch { key: k.clone(), expiry };
    t.steps([(touch(Expiry::In(HOUR)), Reply::Missing), (set(&k, "v"), STORED), (touch(Expiry::Keep), value("v"))])
        .await?;
    t.steps([(ttl(&k), Reply::Persistent), (touch(Expiry::In(HOUR)), value("v"))]).await?;
    t.ttl_is(&k, HOUR).await?;
    t.expect(touch(Expiry::Keep), value("v")).await?;
    t.ttl_is(&k, HOUR).await?;
    t.expect(touch(at(DAY)), value("v")).await?;
    t.ttl_is(&k, DAY).await?;
    t.steps([(touch(Expiry::Never), value("v")), (ttl(&k), Reply::Persistent)]).await?;
    for over in OVER {
        t.steps([(touch(over), value("v")), (get(&k), Reply::Missing), (set(&k, "v"), STORED)]).await?;
    }
    Ok(())
}

pub(super) async fn changing_a_value_keeps_its_deadline(t: &Trial) -> Checked {
    let k = t.key("k");
    t.expect(set_for(&k, "1", Expiry::In(HOUR)), STORED).await?;
    let key = || k.clone();
    t.expect(Op::Increment { key: key(), by: 1, expiry: Expiry::In(DAY) }, Reply::Integer(2)).await?;
    t.ttl_is(&k, HOUR).await?;
    t.expect(Op::IncrementFloat { key: key(), by: 0.5 }, value("2.5")).await?;
    t.ttl_is(&k, HOUR).await?;
    t.expect(Op::Append { key: key(), value: "x".into() }, Reply::Integer(4)).await?;
    t.ttl_is(&k, HOUR).await?;
    t.expect(Op::SetRange { key: key(), offset: 0, value: "y".into() }, Reply::Integer(4)).await?;
    t.ttl_is(&k, HOUR).await
}

pub(super) async fn increment_sets_a_deadline_only_on_creation(t: &Trial) -> Checked {
    let k = t.key("k");
    let count = |expiry| Op::Increment { key: k.clone(), by: 5, expiry };
    t.expect(count(Expiry::In(HOUR)), Reply::Integer(5)).await?;
    t.ttl_is(&k, HOUR).await?;
    t.expect(count(Expiry::Never), Reply::Integer(10)).await?;
    t.ttl_is(&k, HOUR).await?;
    // Also not on an entry without one.
    t.steps([(set(&k, "1"), STORED), (count(at(DAY)), Reply::Integer(6)), (ttl(&k), Reply::Persistent)]).await?;
    for over in OVER {
        let fresh = t.key("fresh");
        t.expect(Op::Increment { key: fresh.clone(), by: 5, expiry: over }, Reply::Integer(5)).await?;
        t.expect(get(&fresh), Reply::Missing).await?;
    }
    t.expect(Op::Increment { key: t.key("keep"), by: 1, expiry: Expiry::Keep }, Reply::Integer(1)).await?;
    t.expect(ttl(&t.key("keep")), Reply::Persistent).await
}

pub(super) async fn an_ended_entry_counts_as_absent(t: &Trial) -> Checked {
    let k = t.key("{k}");
    let ended = || async {
        t.expect(set_for(&k, "7", MOMENT), STORED).await?;
        t.until(exists(&k), Reply::No).await
    };
    ended().await?;
    let absent =
        |condition| Op::Set { key: k.clone(), value: "v".into(), expiry: Expiry::Keep, condition, return_old: true };
    t.steps([(absent(Condition::IfPresent), Reply::NotStored(None)), (absent(Condition::IfAbsent), STORED)]).await?;
    // The deadline that ended is not kept for the next value.
    t.expect(get(&k), value("v")).await?;
    ended().await?;
    t.expect(Op::Increment { key: k.clone(), by: 1, expiry: Expiry::Never }, Reply::Integer(1)).await?;
    ended().await?;
    t.steps([(Op::Append { key: k.clone(), value: "x".into() }, Reply::Integer(1)), (get(&k), value("x"))]).await?;
    ended().await?;
    t.expect(Op::Rename { key: k.clone(), to: t.key("{k}to"), if_absent: false }, Reply::Missing).await
}
