//! Atomic groups: all or nothing, in order, and only if what was watched did not change.

use std::{
    sync::Arc,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use super::trial::{Checked, STORED, Trial, delete, exists, get, require, set, set_for, show, value};
use crate::sdk::cache::{Condition, ExpireCondition, Expiry, Group, Op, OpResult, Reply, Watched};
use crate::sdk::{Bytes, Call, ErrorKind};

async fn group(t: &Trial, watched: Vec<Watched>, ops: Vec<Op<Bytes>>) -> Checked<Group> {
    t.subject.group(Call::unbounded(), watched, ops).await.map_err(|error| format!("the group failed: {error}"))
}

async fn ran(t: &Trial, ops: Vec<Op<Bytes>>) -> Checked<Vec<OpResult>> {
    match group(t, vec![], ops).await? {
        Group::Ran(results) => Ok(results),
        Group::Changed => Err("a group that watches nothing answered Changed".to_owned()),
    }
}

fn all(results: &[OpResult], expected: &[Reply]) -> Checked {
    for (index, (got, wanted)) in results.iter().zip(expected).enumerate() {
        require(got.as_ref() == Ok(wanted), || {
            format!("operation {} answered {}, expected {wanted:?}", index + 1, show(got))
        })?;
    }
    require(results.len() == expected.len(), || format!("{} results for {}", results.len(), expected.len()))
}

async fn watch(t: &Trial, key: &Bytes) -> Checked<Watched> {
    Ok(Watched { key: key.clone(), token: t.value(Op::Token { key: key.clone() }).await? })
}

pub(super) async fn a_group_runs_in_order(t: &Trial) -> Checked {
    let (k, l) = (t.key("{g}k"), t.key("{g}l"));
    let append = |text: &'static str| Op::Append { key: k.clone(), value: text.into() };
    let ops = vec![get(&k), set(&k, "a"), append("b"), set(&l, "x"), append("c"), get(&k), delete(&l), get(&l)];
    let (two, three) = (Reply::Integer(2), Reply::Integer(3));
    let expected = [Reply::Missing, STORED, two, STORED, three, value("abc"), Reply::Yes, Reply::Missing];
    all(&ran(t, ops).await?, &expected)?;
    all(&ran(t, vec![]).await?, &[])
}

/// As in Redis: what fails is answered as failed, the rest runs.
pub(super) async fn a_failing_operation_does_not_stop_its_group(t: &Trial) -> Checked {
    let (k, l) = (t.key("{g}k"), t.key("{g}l"));
    let bad = Op::Increment { key: k.clone(), by: 1, expiry: Expiry::Never };
    let results = ran(t, vec![set(&k, "text"), bad, set(&l, "after")]).await?;
    let invalid = matches!(results.get(1), Some(Err(error)) if error.kind == ErrorKind::Invalid);
    require(invalid, || format!("answered {}", results.iter().map(show).collect::<Vec<_>>().join(", ")))?;
    t.steps([(get(&k), value("text")), (get(&l), value("after"))]).await
}

/// Each operation answers in a group what it answers alone.
pub(super) async fn a_group_answers_every_operation(t: &Trial) -> Checked {
    let (k, l) = (t.key("{g}k"), t.key("{g}l"));
    let (key, to) = (|| k.clone(), || l.clone());
    let day = Expiry::In(Duration::from_secs(86_400));
    let condition = Condition::IfAbsent;
    let steps = vec![
        (Op::Set { key: key(), value: "1".into(), expiry: day, condition, return_old: true }, STORED),
        (
            Op::Set { key: key(), value: "2".into(), expiry: day, condition, return_old: true },
            Reply::NotStored(Some(b"1".to_vec().into())),
        ),
        (Op::Increment { key: key(), by: 4, expiry: day }, Reply::Integer(5)),
        (Op::IncrementFloat { key: key(), by: 0.5 }, value("5.5")),
        (
            Op::CompareAndSet { key: key(), expected: "5.5".into(), value: "v".into(), expiry: Expiry::Never },
            Reply::Yes,
        ),
        (Op::CompareAndSet { key: key(), expected: "x".into(), value: "y".into(), expiry: Expiry::Never }, Reply::No),
        (Op::Ttl { key: key() }, Reply::Persistent),
        (Op::Expire { key: key(), expiry: day, condition: ExpireCondition::IfPersistent }, Reply::Yes),
        (Op::CompareAndExpire { key: key(), expected: "x".into(), expiry: day }, Reply::No),
        (Op::GetAndTouch { key: key(), expiry: Expiry::Never }, value("v")),
        (Op::Append { key: key(), value: "w".into() }, Reply::Integer(2)),
        (Op::SetRange { key: key(), offset: 3, value: "z".into() }, Reply::Integer(4)),
        (Op::GetRange { key: key(), start: -2, end: -1 }, value(b"\0z")),
        (Op::Length { key: key() }, Reply::Integer(4)),
        (Op::Copy { key: key(), to: to(), replace: false }, Reply::Yes),
        (Op::Rename { key: to(), to: key(), if_absent: true }, Reply::No),
        (Op::GetAndDelete { key: to() }, value(b"vw\0z")),
        (Op::Rename { key: to(), to: key(), if_absent: false }, Reply::Missing),
        (exists(&l), Reply::No),
        (Op::CompareAndDelete { key: key(), expected: "x".into() }, Reply::No),
        (delete(&k), Reply::Yes),
        (Op::Ttl { key: key() }, Reply::Missing),
    ];
    let (ops, expected): (Vec<_>, Vec<_>) = steps.into_iter().unzip();
    all(&ran(t, ops).await?, &expected)
}

pub(super) async fn a_group_with_unchanged_keys_runs(t: &Trial) -> Checked {
    let (k, missing, other) = (t.key("{g}k"), t.key("{g}missing"), t.key("{g}other"));
    t.expect(set(&k, "a"), STORED).await?;
    let watched = vec![watch(t, &k).await?, watch(t, &missing).await?];
    // What is not watched may change.
    t.expect(set(&other, "x"), STORED).await?;
    let outcome = group(t, watched, vec![set(&k, "b"), get(&k)]).await?;
    require(outcome == Group::Ran(vec![Ok(STORED), Ok(value("b"))]), || format!("answered {outcome:?}"))
}

pub(super) async fn a_changed_key_stops_the_group(t: &Trial) -> Checked {
    let (k, target) = (t.key("{g}k"), t.key("{g}target"));
    for (before, change) in [
        (Some("a"), set(&k, "b")),
        (Some("a"), delete(&k)),
        (Some("a"), set(&k, "")),
        (None, set(&k, "a")),
        (None, set(&k, "")),
    ] {
        t.run(delete(&k)).await.map_err(|error| error.to_string())?;
        if let Some(before) = before {
            t.expect(set(&k, before), STORED).await?;
        }
        let watched = vec![watch(t, &target).await?, watch(t, &k).await?];
        let changed = format!("{change:?}");
        t.run(change).await.map_err(|error| error.to_string())?;
        let outcome = group(t, watched, vec![set(&target, "no")]).await?;
        require(outcome == Group::Changed, || format!("after {changed} from {before:?} answered {outcome:?}"))?;
        t.expect(get(&target), Reply::Missing).await?;
    }
    Ok(())
}

pub(super) async fn an_ended_key_stops_the_group(t: &Trial) -> Checked {
    let (k, target) = (t.key("{g}k"), t.key("{g}target"));
    let missing = watch(t, &target).await?.token;
    // On a machine so slow that the entry ends before its token is read, a longer life tells.
    for life_ms in [100, 500, 2500] {
        t.expect(set_for(&k, "a", Expiry::In(Duration::from_millis(life_ms))), STORED).await?;
        let watched = watch(t, &k).await?;
        if watched.token == missing {
            continue;
        }
        t.until(get(&k), Reply::Missing).await?;
        let outcome = group(t, vec![watched], vec![set(&target, "no")]).await?;
        require(outcome == Group::Changed, || format!("answered {outcome:?}"))?;
        return t.expect(get(&target), Reply::Missing).await;
    }
    Err("an entry of 2.5 s has the token of a missing one".to_owned())
}

pub(super) async fn a_group_is_never_seen_by_half(t: &Trial) -> Checked {
    let (k, l) = (t.key("{g}k"), t.key("{g}l"));
    let rounds = t.options.load.1;
    let done = Arc::new(AtomicBool::new(false));
    ran(t, vec![set(&k, "0"), set(&l, "0")]).await?;
    let (keys, ended) = ((k, l), done.clone());
    t.tasks(2, move |t, number| {
        let ((k, l), done) = (keys.clone(), ended.clone());
        async move {
            if number == 0 {
                for round in 1..=rounds {
                    ran(&t, vec![set(&k, round.to_string()), set(&l, round.to_string())]).await?;
                }
                done.store(true, Ordering::Relaxed);
            }
            while !done.load(Ordering::Relaxed) {
                let results = ran(&t, vec![get(&k), get(&l)]).await?;
                let same = matches!(results.as_slice(), [Ok(one), Ok(other)] if one == other);
                require(same, || format!("saw {}", results.iter().map(show).collect::<Vec<_>>().join(" and ")))?;
            }
            Ok(())
        }
    })
    .await
    .map(drop)
}

pub(super) async fn watched_groups_are_exact_under_contention(t: &Trial) -> Checked {
    let (tasks, rounds) = (t.options.load.0.div_ceil(2), t.options.load.1.div_ceil(5));
    let k = t.key("k");
    t.expect(set(&k, "0"), STORED).await?;
    let key = k.clone();
    t.tasks(tasks, move |t, _| {
        let key = key.clone();
        async move {
            for _ in 0..rounds {
                while !add_by_watching(&t, &key).await? {}
            }
            Ok(())
        }
    })
    .await?;
    t.expect(get(&k), value((tasks * rounds).to_string())).await
}

async fn add_by_watching(t: &Trial, key: &Bytes) -> Checked<bool> {
    let watched = watch(t, key).await?;
    let text = t.value(get(key)).await?;
    let count: u64 = String::from_utf8_lossy(&text).parse().map_err(|_| format!("the counter holds {text:?}"))?;
    Ok(group(t, vec![watched], vec![set(key, (count + 1).to_string())]).await? != Group::Changed)
}
