//! When entries end.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::trial::{Checked, STORED, Trial, exists, get, require, set, set_for, value};
use crate::sdk::cache::{Condition, ExpireCondition, Expiry, Op, Reply};
use crate::sdk::{Bytes, ErrorKind};

pub(super) const HOUR: Duration = Duration::from_secs(3600);
pub(super) const DAY: Duration = Duration::from_secs(24 * 3600);
/// The finest deadline there is.
pub(super) const MOMENT: Expiry = Expiry::In(Duration::from_millis(1));

/// Deadlines that are over when they are set: none from now, just past, the beginning of time.
pub(super) const OVER: [Expiry; 4] = [
    Expiry::In(Duration::ZERO),
    Expiry::At { unix_ms: 1_600_000_000_000 },
    Expiry::At { unix_ms: 1 },
    Expiry::At { unix_ms: 0 },
];

pub(super) fn ttl(key: &Bytes) -> Op<Bytes> {
    Op::Ttl { key: key.clone() }
}

fn expire(key: &Bytes, expiry: Expiry, condition: ExpireCondition) -> Op<Bytes> {
    Op::Expire { key: key.clone(), expiry, condition }
}

pub(super) fn at(from_now: Duration) -> Expiry {
    let unix = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() + from_now;
    Expiry::At { unix_ms: u64::try_from(unix.as_millis()).unwrap_or(u64::MAX) }
}

pub(super) async fn an_entry_ends_in_time(t: &Trial) -> Checked {
    for (name, expiry) in
        [("in", MOMENT), ("in 50", Expiry::In(Duration::from_millis(50))), ("at", at(Duration::from_millis(20)))]
    {
        let k = t.key(name);
        t.expect(set_for(&k, "v", expiry), STORED).await?;
        t.until(get(&k), Reply::Missing).await?;
        t.steps([(exists(&k), Reply::No), (ttl(&k), Reply::Missing)]).await?;
    }
    let k = t.key("stays");
    t.steps([(set_for(&k, "v", Expiry::In(HOUR)), STORED), (get(&k), value("v"))]).await
}

pub(super) async fn a_deadline_not_in_the_future_ends_at_once(t: &Trial) -> Checked {
    for over in OVER {
        let k = t.key("k");
        let put =
            |condition, return_old| Op::Set { key: k.clone(), value: "v".into(), expiry: over, condition, return_old };
        t.steps([
            (put(Condition::Always, false), STORED),
            (get(&k), Reply::Missing),
            (put(Condition::IfPresent, false), Reply::NotStored(None)),
            (put(Condition::IfAbsent, false), STORED),
            (exists(&k), Reply::No),
            // What was there ends as well.
            (set(&k, "old"), STORED),
            (put(Condition::IfAbsent, false), Reply::NotStored(None)),
            (get(&k), value("old")),
            (put(Condition::IfPresent, true), Reply::Stored(Some(b"old".to_vec().into()))),
            (get(&k), Reply::Missing),
        ])
        .await
        .map_err(|text| format!("{over:?}: {text}"))?;
    }
    Ok(())
}

pub(super) async fn set_replaces_keeps_or_removes_the_deadline(t: &Trial) -> Checked {
    let k = t.key("k");
    t.expect(set_for(&k, "a", Expiry::In(HOUR)), STORED).await?;
    t.steps([(set_for(&k, "b", Expiry::Keep), STORED), (get(&k), value("b"))]).await?;
    t.ttl_is(&k, HOUR).await?;
    t.expect(set_for(&k, "c", Expiry::In(DAY)), STORED).await?;
    t.ttl_is(&k, DAY).await?;
    t.steps([(set(&k, "d"), STORED), (ttl(&k), Reply::Persistent)]).await?;
    t.steps([(set_for(&k, "e", Expiry::Keep), STORED), (ttl(&k), Reply::Persistent)]).await?;
    // A write that did not apply leaves the deadline.
    t.expect(set_for(&k, "f", Expiry::In(HOUR)), STORED).await?;
    let not = Op::Set {
        key: k.clone(),
        value: "g".into(),
        expiry: Expiry::Never,
        condition: Condition::IfAbsent,
        return_old: false,
    };
    t.expect(not, Reply::NotStored(None)).await?;
    t.ttl_is(&k, HOUR).await
}

pub(super) async fn ttl_tells_what_is_left(t: &Trial) -> Checked {
    let k = t.key("k");
    t.steps([(ttl(&k), Reply::Missing), (set(&k, "v"), STORED), (ttl(&k), Reply::Persistent)]).await?;
    for (expiry, about) in [
        (Expiry::In(HOUR), HOUR),
        (at(DAY), DAY),
        (Expiry::In(Duration::from_millis(60_001)), Duration::from_millis(60_001)),
    ] {
        t.expect(set_for(&k, "v", expiry), STORED).await?;
        t.ttl_is(&k, about).await?;
    }
    let first = t.ttl(&k).await?;
    let end = tokio::time::Instant::now() + t.options.patience;
    while t.ttl(&k).await? >= first {
        require(tokio::time::Instant::now() < end, || format!("the time left stays at {first:?}"))?;
    }
    Ok(())
}

pub(super) async fn expire_honours_its_condition(t: &Trial) -> Checked {
    use ExpireCondition::{Always, IfEarlier, IfExpiring, IfLater, IfPersistent};
    let k = t.key("k");
    let (hour, day) = (Expiry::In(HOUR), Expiry::In(DAY));
    for condition in [Always, IfPersistent, IfExpiring, IfLater, IfEarlier] {
        t.expect(expire(&k, hour, condition), Reply::No).await?;
    }
    // Without a deadline the entry counts as infinitely far.
    for (condition, applies) in
        [(IfExpiring, false), (IfLater, false), (IfEarlier, true), (IfPersistent, true), (Always, true)]
    {
        t.steps([(set(&k, "v"), STORED), (expire(&k, hour, condition), if applies { Reply::Yes } else { Reply::No })])
            .await?;
        if applies { t.ttl_is(&k, HOUR).await? } else { t.expect(ttl(&k), Reply::Persistent).await? }
    }
    for (expiry, condition, applies) in [
        (day, IfPersistent, false),
        (day, IfEarlier, false),
        (day, IfLater, true),
        (hour, IfLater, false),
        (hour, IfEarlier, true),
        (day, IfExpiring, true),
        (at(HOUR), IfLater, false),
        (at(HOUR), Always, true),
    ] {
        t.expect(expire(&k, expiry, condition), if applies { Reply::Yes } else { Reply::No }).await?;
    }
    t.ttl_is(&k, HOUR).await
}

/// `Never` and `Keep` are no deadlines: persisting is an operation of its own.
pub(super) async fn expire_takes_only_deadlines(t: &Trial) -> Checked {
    let k = t.key("k");
    t.expect(set_for(&k, "v", Expiry::In(HOUR)), STORED).await?;
    for none in [Expiry::Never, Expiry::Keep] {
        t.refuses(expire(&k, none, ExpireCondition::Always), ErrorKind::Invalid).await?;
    }
    t.ttl_is(&k, HOUR).await
}

pub(super) async fn expire_without_a_future_deletes(t: &Trial) -> Checked {
    let k = t.key("k");
    for over in OVER {
        let now = |condition| expire(&k, over, condition);
        t.steps([
            (now(ExpireCondition::Always), Reply::No),
            (set(&k, "v"), STORED),
            (now(ExpireCondition::IfLater), Reply::No),
            (exists(&k), Reply::Yes),
            (now(ExpireCondition::Always), Reply::Yes),
            (exists(&k), Reply::No),
        ])
        .await
        .map_err(|text| format!("{over:?}: {text}"))?;
    }
    Ok(())
}
