//! Runs random operations on the store and on a plain map with the same clock, and compares every reply.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
enum Step {
    Set { key: u8, value: i8, ttl: Option<u64>, condition: u8, keep: bool },
    Get(u8),
    Delete(u8),
    Ttl(u8),
    Expire { key: u8, ms: u64, condition: u8 },
    Persist(u8),
    Increment { key: u8, by: i8, ttl: Option<u64> },
    Append(u8, i8),
    CompareAndDelete(u8, i8),
    Take(u8),
    Rename { from: u8, to: u8, refuse: bool },
    Copy { from: u8, to: u8, refuse: bool },
    Advance(u64),
    Reclaim(usize),
    Clear(u8),
    ScanAll,
}

fn step() -> impl Strategy<Value = Step> {
    let key = || 0_u8..12;
    let ttl = || prop::option::of(1_u64..20);
    prop_oneof![
        4 => (key(), any::<i8>(), ttl(), 0_u8..4, any::<bool>())
            .prop_map(|(key, value, ttl, condition, keep)| Step::Set { key, value, ttl, condition, keep }),
        3 => key().prop_map(Step::Get),
        1 => key().prop_map(Step::Delete),
        2 => key().prop_map(Step::Ttl),
        2 => (key(), 0_u64..20, 0_u8..5).prop_map(|(key, ms, condition)| Step::Expire { key, ms, condition }),
        1 => key().prop_map(Step::Persist),
        2 => (key(), any::<i8>(), ttl()).prop_map(|(key, by, ttl)| Step::Increment { key, by, ttl }),
        1 => (key(), any::<i8>()).prop_map(|(key, byte)| Step::Append(key, byte)),
        1 => (key(), -3_i8..3).prop_map(|(key, value)| Step::CompareAndDelete(key, value)),
        1 => key().prop_map(Step::Take),
        1 => (key(), key(), any::<bool>()).prop_map(|(from, to, refuse)| Step::Rename { from, to, refuse }),
        1 => (key(), key(), any::<bool>()).prop_map(|(from, to, refuse)| Step::Copy { from, to, refuse }),
        2 => (1_u64..8).prop_map(Step::Advance),
        1 => (0_usize..300).prop_map(Step::Reclaim),
        1 => key().prop_map(Step::Clear),
        1 => Just(Step::ScanAll),
    ]
}

/// A map from key to value and deadline, without what has expired.
#[derive(Default)]
struct Model {
    map: HashMap<Vec<u8>, (Vec<u8>, Option<u64>)>,
    now: u64,
}

impl Model {
    fn condition(old: Option<u64>, new: u64, condition: u8) -> bool {
        match condition {
            0 => true,
            1 => old.is_none(),
            2 => old.is_some(),
            3 => new > old.unwrap_or(u64::MAX),
            _ => new < old.unwrap_or(u64::MAX),
        }
    }

    fn move_or_copy(&mut self, from: &[u8], to: &[u8], refuse: bool, remove: bool) -> Result<Reply, StoreError> {
        if from == to {
            return match (remove, self.map.contains_key(from)) {
                (false, _) => Err(StoreError::SameKey),
                (true, false) => Err(StoreError::NoSuchKey),
                (true, true) => Ok(Reply::Changed(!refuse)),
            };
        }
        match self.map.get(from).cloned() {
            None if remove => Err(StoreError::NoSuchKey),
            None => Ok(Reply::Changed(false)),
            Some(_) if refuse && self.map.contains_key(to) => Ok(Reply::Changed(false)),
            Some(entry) => {
                self.map.insert(to.to_vec(), entry);
                if remove {
                    self.map.remove(from);
                }
                Ok(Reply::Changed(true))
            }
        }
    }

    fn increment(&mut self, key: &[u8], by: i64, ttl: Option<u64>) -> Result<Reply, StoreError> {
        let (former, deadline) = match self.map.get(key) {
            Some((value, deadline)) => {
                let text = String::from_utf8_lossy(value).into_owned();
                let number: i64 = text.parse().map_err(|_| StoreError::NotAnInteger)?;
                if number.to_string() != text {
                    return Err(StoreError::NotAnInteger);
                }
                (number, *deadline)
            }
            None => (0, ttl.map(|ttl| self.now + ttl)),
        };
        let sum = former.checked_add(by).ok_or(StoreError::IntegerOverflow)?;
        self.map.insert(key.to_vec(), (sum.to_string().into_bytes(), deadline));
        Ok(Reply::Integer(sum))
    }
}

fn handle(bytes: Option<Vec<u8>>) -> Option<Value> {
    bytes.map(|bytes| Value::build(b"", [&bytes]))
}

fn name(key: u8) -> Vec<u8> {
    format!("k{key}").into_bytes()
}

fn scan_all(store: &Store) -> Vec<Vec<u8>> {
    let (mut all, mut cursor) = (Vec::new(), 0);
    loop {
        let Ok(Reply::Keys(page)) = store.run(Op::Scan { cursor, prefix: b"k", count: 3 }) else { panic!("a page") };
        all.extend(page.keys);
        cursor = page.next;
        if cursor == 0 {
            all.sort();
            return all;
        }
    }
}

fn play_set(store: &Store, model: &mut Model, step: &Step) {
    let Step::Set { key, value, ttl, condition, keep } = step else {
        return;
    };
    let (key, value) = (name(*key), value.to_string().into_bytes());
    let old = model.map.get(&key).cloned();
    let expiry = if *keep { Expiry::Keep } else { ttl.map_or(Expiry::None, Expiry::In) };
    let (op_condition, holds) = match condition {
        0 => (Condition::Always, true),
        1 => (Condition::IfAbsent, old.is_none()),
        2 => (Condition::IfPresent, old.is_some()),
        _ => (Condition::IfEquals(b"1"), old.as_ref().is_some_and(|(old, _)| old == b"1")),
    };
    let op = Op::Set { key: &key, value: &value, expiry, condition: op_condition, old: Old::Return };
    let found = handle(old.as_ref().map(|(value, _)| value.clone()));
    assert_eq!(store.run(op), Ok(Reply::Written { stored: holds, old: found }));
    if holds {
        let kept = old.and_then(|(_, deadline)| deadline);
        let deadline = if *keep { kept } else { ttl.map(|ttl| model.now + ttl) };
        model.map.insert(key, (value, deadline));
    }
}

fn play_deadline(store: &Store, model: &mut Model, step: &Step) {
    match step {
        Step::Ttl(key) => {
            let ttl = match model.map.get(&name(*key)) {
                None => Ttl::Missing,
                Some((_, None)) => Ttl::Persistent,
                Some((_, Some(deadline))) => Ttl::In(deadline - model.now),
            };
            assert_eq!(store.run(Op::Ttl { key: &name(*key) }), Ok(Reply::Ttl(ttl)));
        }
        Step::Expire { key, ms, condition } => {
            use ExpiryCondition::*;
            let key = name(*key);
            let new = model.now + ms;
            let changed = model.map.get(&key).is_some_and(|(_, old)| Model::condition(*old, new, *condition));
            if changed && *ms == 0 {
                model.map.remove(&key);
            } else if changed && let Some((_, deadline)) = model.map.get_mut(&key) {
                *deadline = Some(new);
            }
            let condition = [Always, IfNone, IfSome, IfLater, IfEarlier][usize::from(*condition)];
            let op = Op::Expire { key: &key, deadline: Deadline::In(*ms), condition };
            assert_eq!(store.run(op), Ok(Reply::Changed(changed)));
        }
        Step::Persist(key) => {
            let had = model.map.get_mut(&name(*key)).is_some_and(|(_, deadline)| deadline.take().is_some());
            assert_eq!(store.run(Op::Persist { key: &name(*key) }), Ok(Reply::Changed(had)));
        }
        _ => {}
    }
}

fn play(store: &Store, clock: &TestClock, model: &mut Model, step: &Step) {
    match step {
        Step::Set { .. } => play_set(store, model, step),
        Step::Ttl(_) | Step::Expire { .. } | Step::Persist(_) => play_deadline(store, model, step),
        Step::Delete(_) | Step::CompareAndDelete(..) | Step::Take(_) | Step::Clear(_) => {
            play_removal(store, model, step);
        }
        Step::Rename { .. } | Step::Copy { .. } => play_move(store, model, step),
        Step::Get(key) => {
            let expected = handle(model.map.get(&name(*key)).map(|(value, _)| value.clone()));
            assert_eq!(store.get(&name(*key)), expected);
        }
        Step::Increment { key, by, ttl } => {
            let op = Op::Increment { key: &name(*key), by: i64::from(*by), initial: ttl.map(Deadline::In) };
            assert_eq!(store.run(op), model.increment(&name(*key), i64::from(*by), *ttl));
        }
        Step::Append(key, byte) => {
            let entry = model.map.entry(name(*key)).or_default();
            entry.0.push(byte.cast_unsigned());
            let op = Op::Append { key: &name(*key), bytes: &[byte.cast_unsigned()] };
            assert_eq!(store.run(op), Ok(Reply::Length(entry.0.len())));
        }
        Step::Advance(ms) => {
            clock.advance(*ms);
            model.now += ms;
            let now = model.now;
            model.map.retain(|_, (_, deadline)| deadline.is_none_or(|deadline| deadline > now));
        }
        Step::Reclaim(budget) => {
            assert!(store.reclaim(clock.now_ms(), *budget) <= *budget);
        }
        Step::ScanAll => {
            let mut keys: Vec<_> = model.map.keys().cloned().collect();
            keys.sort();
            assert_eq!(scan_all(store), keys);
        }
    }
}

fn play_removal(store: &Store, model: &mut Model, step: &Step) {
    match step {
        Step::Delete(key) => {
            let existed = model.map.remove(&name(*key)).is_some();
            assert_eq!(store.run(Op::Delete { key: &name(*key) }), Ok(Reply::Changed(existed)));
        }
        Step::CompareAndDelete(key, value) => {
            let (key, expected) = (name(*key), value.to_string().into_bytes());
            let equal = model.map.get(&key).is_some_and(|(value, _)| *value == expected);
            if equal {
                model.map.remove(&key);
            }
            assert_eq!(store.run(Op::CompareAndDelete { key: &key, expected: &expected }), Ok(Reply::Changed(equal)));
        }
        Step::Take(key) => {
            let expected = handle(model.map.remove(&name(*key)).map(|(value, _)| value));
            assert_eq!(store.run(Op::GetAndDelete { key: &name(*key) }), Ok(Reply::Value(expected)));
        }
        Step::Clear(key) => {
            let before = model.map.len();
            model.map.retain(|name_, _| !name_.starts_with(&name(*key)));
            let removed = before - model.map.len();
            assert_eq!(store.run(Op::ClearPrefix { prefix: &name(*key) }), Ok(Reply::Count(removed)));
        }
        _ => {}
    }
}

fn play_move(store: &Store, model: &mut Model, step: &Step) {
    match step {
        Step::Rename { from, to, refuse } => {
            let existing = if *refuse { Existing::Refuse } else { Existing::Replace };
            let reply = store.run(Op::Rename { from: &name(*from), to: &name(*to), existing });
            assert_eq!(reply, model.move_or_copy(&name(*from), &name(*to), *refuse, true));
        }
        Step::Copy { from, to, refuse } => {
            let existing = if *refuse { Existing::Refuse } else { Existing::Replace };
            let reply = store.run(Op::Copy { from: &name(*from), to: &name(*to), existing });
            assert_eq!(reply, model.move_or_copy(&name(*from), &name(*to), *refuse, false));
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn the_store_answers_as_a_plain_map_does(steps in prop::collection::vec(step(), 1..300)) {
        let (store, clock) = store();
        let mut model = Model { now: START_MS, ..Model::default() };
        for step in &steps {
            play(&store, &clock, &mut model, step);
        }
        check_accounts(&store);
        // The first call ends a sweep under way, the second goes over every slot.
        store.reclaim(clock.now_ms(), usize::MAX);
        store.reclaim(clock.now_ms(), usize::MAX);
        prop_assert_eq!(store.size().entries, model.map.len());
    }
}
