//! Checks the memory bound, the choice of victims and the reclaim of expired entries.

use std::collections::VecDeque;

use super::*;

#[test]
fn the_bound_holds_after_every_write_and_evictions_are_counted() {
    let capacity = 1 << 20;
    let (store, _) = store_of(capacity);
    let value = vec![7; 20_000];
    for i in 0..5_000_usize {
        store.set(format!("key {i}").as_bytes(), &value[..i * 37 % 20_000]).unwrap();
        assert!(store.size().bytes <= capacity);
    }
    check_accounts(&store);
    let size = store.size();
    assert_eq!(size.evicted as usize + size.entries, 5_000);
    assert!(size.bytes > capacity * 9 / 10, "the room is used: {}", size.bytes);
}

#[test]
fn large_values_fit_the_default_and_survive_small_writes() {
    let store = Store::new(Limits::default());
    let large = vec![1; 8 << 20];
    for i in 0..8_u8 {
        store.set(&[i], &large).unwrap();
    }
    for i in 0..100_000_u32 {
        store.set(&i.to_be_bytes(), &[0; 100]).unwrap();
    }
    assert_eq!(store.size().evicted, 0);
    assert!((0..8_u8).all(|i| store.get(&[i]).is_some_and(|value| value.len() == 8 << 20)));
    for i in 8..40_u8 {
        store.set(&[i], &large).unwrap();
        assert!(store.get(&[i]).is_some(), "a large value is not its own victim");
    }
    assert!(store.size().bytes <= store.limits().capacity);
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let (store, _) = store_of(1 << 20);
    let max = store.limits().value_bytes_max_for(1);
    store.set(b"k", &vec![0; max]).unwrap();
    let refused = Err(StoreError::ValueTooLong { actual: max + 1, max });
    assert_eq!(store.set(b"k", &vec![0; max + 1]), refused);
    assert_eq!(store.run(Op::Append { key: b"k", bytes: b"x" }).map(drop), refused);
    assert_eq!(store.get(b"k").map(|value| value.len()), Some(max), "the former value stays");
    let key = vec![b'k'; 65_537];
    let refused = StoreError::KeyTooLong { actual: 65_537, max: 65_536 };
    for op in [
        Op::Get { key: &key },
        Op::Delete { key: &key },
        Op::Copy { from: b"k", to: &key, existing: Existing::Replace },
        Op::Rename { from: b"k", to: &key, existing: Existing::Replace },
        Op::Rename { from: &key, to: b"k", existing: Existing::Replace },
    ] {
        assert_eq!(store.run(op), Err(refused));
    }
    let (tiny, _) = store_of(0);
    assert_eq!(tiny.set(b"k", b"v"), Err(StoreError::ValueTooLong { actual: 1, max: 0 }));
}

/// Hits of a hot set while a scan of cold keys runs through the cache, in percent.
fn hot_hits(mut access: impl FnMut(&[u8]) -> bool) -> u32 {
    let (mut hits, mut total) = (0, 0);
    for round in 0..40_000_u32 {
        let cold = [b"cold".as_slice(), &round.to_be_bytes()].concat();
        access(&cold);
        let hot = [b"hot".as_slice(), &(round % 2_000).to_be_bytes()].concat();
        let hit = access(&hot);
        if round >= 10_000 {
            (hits, total) = (hits + u32::from(hit), total + 1);
        }
    }
    hits * 100 / total
}

#[test]
fn a_scan_does_not_push_out_the_hot_set_as_it_does_in_a_fifo() {
    let entries = 3_000;
    let (store, _) = store_of(entries * charge(8, 100));
    let ours = hot_hits(|key| {
        let hit = store.get(key).is_some();
        if !hit {
            store.set(key, &[0; 100]).unwrap();
        }
        hit
    });
    let mut fifo = VecDeque::new();
    let mut present = std::collections::HashSet::new();
    let theirs = hot_hits(|key| {
        let hit = present.contains(key);
        if !hit {
            fifo.push_back(key.to_vec());
            present.insert(key.to_vec());
            if fifo.len() > entries {
                present.remove(&fifo.pop_front().unwrap());
            }
        }
        hit
    });
    assert!(ours >= 90, "{ours} %");
    assert!(theirs <= 75, "{theirs} %");
}

#[test]
fn reclaim_removes_what_expired_in_bounded_steps() {
    let (store, clock) = store();
    for i in 0..4_000_u64 {
        let key = format!("{i}");
        store.run(set(&key, "v", Expiry::In(1 + i), Condition::Always)).unwrap();
    }
    for i in 0..1_000_u64 {
        store.set(format!("stays {i}").as_bytes(), b"v").unwrap();
    }
    assert_eq!(store.reclaim(clock.now_ms(), usize::MAX), 0);
    clock.advance(2_000);
    let (mut removed, mut steps) = (0, 0);
    while removed < 2_000 {
        let now = store.reclaim(clock.now_ms(), 500);
        assert!(now <= 500);
        (removed, steps) = (removed + now, steps + 1);
        assert!(steps < 200, "the sweep gets around");
    }
    assert_eq!((removed, store.size().entries, store.size().expired), (2_000, 3_000, 2_000));
    check_accounts(&store);
    // A deadline moved to an earlier time is not overlooked, nor one set while a sweep is under way.
    store.run(Op::Expire { key: b"stays 1", deadline: Deadline::In(3), condition: ExpiryCondition::Always }).unwrap();
    clock.advance(2_000);
    while store.size().entries > 999 {
        assert!(store.reclaim(clock.now_ms(), 10_000) > 0);
    }
    assert_eq!(store.size().expired, 4_001);
    check_accounts(&store);
}
