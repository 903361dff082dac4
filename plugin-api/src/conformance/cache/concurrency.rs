//! Atomicity of single operations under load from many tasks.

use std::time::Duration;

use super::trial::{Checked, STORED, Trial, delete, get, require, set, value};
use crate::sdk::Bytes;
use crate::sdk::cache::{Condition, Expiry, Op, Reply};

pub(super) async fn increments_are_not_lost(t: &Trial) -> Checked {
    let (tasks, rounds) = t.options.load;
    let k = t.key("k");
    let key = k.clone();
    t.tasks(tasks, move |t, _| {
        let key = key.clone();
        async move {
            for _ in 0..rounds {
                let op = Op::Increment { key: key.clone(), by: 1, expiry: Expiry::Never };
                let result = t.run(op).await;
                require(matches!(result, Ok(Reply::Integer(_))), || format!("Increment answered {result:?}"))?;
            }
            Ok(())
        }
    })
    .await?;
    t.expect(get(&k), value((tasks * rounds).to_string())).await
}

pub(super) async fn compare_and_set_loops_are_exact(t: &Trial) -> Checked {
    // Losers repeat, so the work grows with the square of the tasks: fewer rounds.
    let (tasks, rounds) = (t.options.load.0, t.options.load.1.div_ceil(5));
    let k = t.key("k");
    t.expect(set(&k, "0"), STORED).await?;
    let key = k.clone();
    t.tasks(tasks, move |t, _| {
        let key = key.clone();
        async move {
            for _ in 0..rounds {
                add_by_swapping(&t, &key).await?;
            }
            Ok(())
        }
    })
    .await?;
    t.expect(get(&k), value((tasks * rounds).to_string())).await
}

async fn add_by_swapping(t: &Trial, key: &Bytes) -> Checked {
    loop {
        let expected = t.value(get(key)).await?;
        let text = std::str::from_utf8(&expected).map_err(|_| "the counter holds no text".to_owned())?;
        let number: u64 = text.parse().map_err(|_| format!("the counter holds {text:?}"))?;
        let value = (number + 1).to_string().into();
        match t.run(Op::CompareAndSet { key: key.clone(), expected, value, expiry: Expiry::Never }).await {
            Ok(Reply::Yes) => return Ok(()),
            Ok(Reply::No) => {}
            other => return Err(format!("CompareAndSet answered {other:?}")),
        }
    }
}

/// Takes `key` for `owner`, if nobody has it.
async fn take(t: &Trial, key: &Bytes, owner: Bytes) -> Checked<bool> {
    let expiry = Expiry::In(Duration::from_secs(60));
    let op = Op::Set { key: key.clone(), value: owner, expiry, condition: Condition::IfAbsent, return_old: false };
    match t.run(op).await {
        Ok(Reply::Stored(None)) => Ok(true),
        Ok(Reply::NotStored(None)) => Ok(false),
        other => Err(format!("Set answered {other:?}")),
    }
}

pub(super) async fn set_if_absent_has_one_winner(t: &Trial) -> Checked {
    let (tasks, rounds) = t.options.load;
    for round in 0..rounds.div_ceil(5) {
        let k = t.key(format!("k{round}"));
        let key = k.clone();
        let won = t.tasks(tasks, move |t, number| {
            let key = key.clone();
            async move { Ok(take(&t, &key, number.to_string().into()).await?.then_some(number)) }
        });
        let winners: Vec<usize> = won.await?.into_iter().flatten().collect();
        let [winner] = winners.as_slice() else {
            return Err(format!("{} of {tasks} tasks set an absent key", winners.len()));
        };
        t.expect(get(&k), value(winner.to_string())).await?;
    }
    Ok(())
}

/// The lock of every framework: set if absent with an owner, delete if still the owner.
pub(super) async fn a_lock_excludes(t: &Trial) -> Checked {
    let (tasks, rounds) = (t.options.load.0, t.options.load.1.div_ceil(10));
    let (lock, k) = (t.key("lock"), t.key("k"));
    t.expect(set(&k, "0"), STORED).await?;
    let (lock_key, key) = (lock.clone(), k.clone());
    t.tasks(tasks, move |t, number| {
        let (lock, key) = (lock_key.clone(), key.clone());
        async move {
            let owner = Bytes::from(number.to_string());
            for _ in 0..rounds {
                while !take(&t, &lock, owner.clone()).await? {
                    tokio::task::yield_now().await;
                }
                // Not atomic by itself: two inside at once lose an update.
                let before = t.value(get(&key)).await?;
                let count: u64 = String::from_utf8_lossy(&before).parse().map_err(|_| format!("{before:?}"))?;
                t.expect(set(&key, (count + 1).to_string()), STORED).await?;
                t.expect(Op::CompareAndDelete { key: lock.clone(), expected: owner.clone() }, Reply::Yes).await?;
            }
            Ok(())
        }
    })
    .await?;
    t.expect(get(&k), value((tasks * rounds).to_string())).await
}

pub(super) async fn get_and_delete_hands_out_once(t: &Trial) -> Checked {
    let (tasks, rounds) = t.options.load;
    let k = t.key("k");
    for _ in 0..rounds.div_ceil(5) {
        t.expect(set(&k, "ticket"), STORED).await?;
        let key = k.clone();
        let taken = t.tasks(tasks, move |t, _| {
            let op = Op::GetAndDelete { key: key.clone() };
            async move { Ok(matches!(t.run(op).await, Ok(Reply::Value(_)))) }
        });
        let holders = taken.await?.into_iter().filter(|held| *held).count();
        require(holders == 1, || format!("{holders} tasks hold the one ticket"))?;
    }
    t.expect(delete(&k), Reply::No).await
}
