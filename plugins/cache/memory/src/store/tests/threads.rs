//! Checks atomicity under threads by exact totals.

use super::*;

const THREADS: usize = 4;
const ROUNDS: i64 = 5_000;

#[test]
fn counters_and_compare_and_set_lose_nothing() {
    let (store, _) = store();
    store.set(b"cas", b"0").unwrap();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..ROUNDS {
                    store.run(Op::Increment { key: b"sum", by: 1, initial: None }).unwrap();
                    loop {
                        let before = get(&store, "cas").unwrap();
                        let after = (before.parse::<i64>().unwrap() + 1).to_string();
                        let op = set("cas", &after, Expiry::None, Condition::IfEquals(before.as_bytes()));
                        if store.run(op) == Ok(Reply::Written { stored: true, old: None }) {
                            break;
                        }
                    }
                }
            });
        }
    });
    let total = (THREADS as i64 * ROUNDS).to_string();
    assert_eq!(get(&store, "sum").as_ref(), Some(&total));
    assert_eq!(get(&store, "cas").as_ref(), Some(&total));
}

#[test]
fn groups_on_overlapping_keys_neither_tear_nor_deadlock() {
    let (store, _) = store();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let store = &store;
            scope.spawn(move || {
                for round in 0..ROUNDS / 5 {
                    // A transfer: the sum of all accounts stays 0.
                    let from = [b'a' + ((thread as i64 + round) % 8) as u8];
                    let to = [b'a' + ((thread as i64 * 3 + round * 5 + 1) % 8) as u8];
                    let take = Op::Increment { key: &from, by: -1, initial: None };
                    let give = Op::Increment { key: &to, by: 1, initial: None };
                    store.group(&[take, give], &[]);
                    let names: Vec<[u8; 1]> = (b'a'..b'i').map(|name| [name]).collect();
                    let reads: Vec<Op> = names.iter().map(|key| Op::Increment { key, by: 0, initial: None }).collect();
                    let GroupOutcome::Done(replies) = store.group(&reads, &[]) else { panic!("nothing was watched") };
                    let sum: i64 = replies
                        .into_iter()
                        .map(|reply| match reply {
                            Ok(Reply::Integer(number)) => number,
                            other => panic!("{other:?}"),
                        })
                        .sum();
                    assert_eq!(sum, 0);
                }
            });
        }
    });
}

#[test]
fn accounts_are_exact_after_threads_evict_expire_and_clear() {
    let (store, clock) = store_of(1 << 18);
    std::thread::scope(|scope| {
        for thread in 0..THREADS as u64 {
            let (store, clock) = (&store, &clock);
            scope.spawn(move || {
                for round in 0..5_000_u64 {
                    let key = format!("{}", (round * 7 + thread * 13) % 3_000);
                    let expiry = if round % 3 == 0 { Expiry::In(1 + round % 50) } else { Expiry::None };
                    let value = "v".repeat((round % 200) as usize);
                    store.run(set(&key, &value, expiry, Condition::Always)).unwrap();
                    match round % 100 {
                        0 => clock.advance(10),
                        50 => {
                            store.reclaim(clock.now_ms(), 200);
                        }
                        99 if round % 1_000 == 999 => {
                            store.run(Op::ClearPrefix { prefix: b"1" }).unwrap();
                        }
                        _ => {}
                    }
                }
            });
        }
    });
    check_accounts(&store);
    assert!(store.size().bytes <= 1 << 18);
}
