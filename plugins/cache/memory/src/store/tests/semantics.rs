//! Pins each operation to what redis-server 7 answers.

use super::*;

const K: &[u8] = b"k";

fn run(store: &Store, op: Op) -> Result<Reply, StoreError> {
    store.run(op)
}

fn written(stored: bool) -> Result<Reply, StoreError> {
    Ok(Reply::Written { stored, old: None })
}

fn value(text: &str) -> Result<Reply, StoreError> {
    Ok(Reply::Value(Some(Value::build(b"", [text.as_bytes()]))))
}

#[test]
fn set_obeys_its_condition() {
    let table = [
        (None, Condition::Always, true),
        (None, Condition::IfAbsent, true),
        (None, Condition::IfPresent, false),
        (None, Condition::IfEquals(b""), false),
        (Some("old"), Condition::Always, true),
        (Some("old"), Condition::IfAbsent, false),
        (Some("old"), Condition::IfPresent, true),
        (Some("old"), Condition::IfEquals(b"old"), true),
        (Some("old"), Condition::IfEquals(b"other"), false),
    ];
    for (before, condition, stored) in table {
        let (store, _) = store();
        if let Some(before) = before {
            store.set(K, before.as_bytes()).unwrap();
        }
        let op = Op::Set { key: K, value: b"new", expiry: Expiry::None, condition, old: Old::Return };
        let old = before.map(|old| Value::build(b"", [old.as_bytes()]));
        assert_eq!(run(&store, op), Ok(Reply::Written { stored, old }), "{before:?} {condition:?}");
        assert_eq!(get(&store, "k").as_deref(), if stored { Some("new") } else { before });
    }
}

#[test]
fn set_gives_keeps_and_drops_lifetimes() {
    let (store, clock) = store();
    assert_eq!(run(&store, set("k", "1", Expiry::In(100), Condition::Always)), written(true));
    assert_eq!(run(&store, set("k", "2", Expiry::Keep, Condition::Always)), written(true));
    assert_eq!(run(&store, Op::Ttl { key: K }), Ok(Reply::Ttl(Ttl::In(100))));
    clock.advance(99);
    assert_eq!(get(&store, "k").as_deref(), Some("2"));
    clock.advance(1);
    assert_eq!(get(&store, "k"), None);
    assert_eq!(run(&store, set("k", "3", Expiry::At(START_MS + 200), Condition::Always)), written(true));
    assert_eq!(run(&store, set("k", "4", Expiry::None, Condition::Always)), written(true));
    assert_eq!(run(&store, Op::Ttl { key: K }), Ok(Reply::Ttl(Ttl::Persistent)));
    assert_eq!(run(&store, set("k", "5", Expiry::At(START_MS), Condition::Always)), written(true));
    assert_eq!(get(&store, "k"), None, "a deadline in the past deletes");
    for expiry in [Expiry::In(0), Expiry::At(0), Expiry::In(u64::MAX), Expiry::At(u64::MAX), Expiry::In(1 << 63)] {
        assert_eq!(run(&store, set("k", "6", expiry, Condition::Always)), Err(StoreError::InvalidExpiry));
    }
    assert_eq!(get(&store, "k"), None);
}

/// Runs each operation on a store where `k` has just expired and `s` lives.
fn check_expired(table: &[(Op, Result<Reply, StoreError>)]) {
    for (op, reply) in table {
        let (store, clock) = store();
        store.set(b"s", b"source").unwrap();
        run(&store, set("k", "1", Expiry::In(10), Condition::Always)).unwrap();
        clock.advance(10);
        assert_eq!(run(&store, *op), *reply, "{op:?}");
        check_accounts(&store);
    }
}

#[test]
fn an_expired_key_is_missing_to_reads_and_writes() {
    check_expired(&[
        (Op::Get { key: K }, Ok(Reply::Value(None))),
        (Op::Delete { key: K }, Ok(Reply::Changed(false))),
        (Op::Exists { key: K }, Ok(Reply::Changed(false))),
        (set("k", "2", Expiry::None, Condition::IfPresent), written(false)),
        (set("k", "2", Expiry::Keep, Condition::IfAbsent), written(true)),
        (Op::Increment { key: K, by: 3, initial: None }, Ok(Reply::Integer(3))),
        (Op::IncrementFloat { key: K, by: 0.5, initial: None }, value("0.5")),
        (Op::Append { key: K, bytes: b"ab" }, Ok(Reply::Length(2))),
        (Op::Length { key: K }, Ok(Reply::Length(0))),
        (Op::GetRange { key: K, start: 0, end: -1 }, value("")),
        (Op::SetRange { key: K, offset: 1, bytes: b"x" }, Ok(Reply::Length(2))),
    ]);
}

#[test]
fn an_expired_key_is_missing_to_conditions_and_deadlines() {
    check_expired(&[
        (Op::Ttl { key: K }, Ok(Reply::Ttl(Ttl::Missing))),
        (
            Op::Expire { key: K, deadline: Deadline::In(5), condition: ExpiryCondition::Always },
            Ok(Reply::Changed(false)),
        ),
        (Op::Persist { key: K }, Ok(Reply::Changed(false))),
        (Op::CompareAndDelete { key: K, expected: b"1" }, Ok(Reply::Changed(false))),
        (Op::CompareAndExpire { key: K, expected: b"1", deadline: Deadline::In(5) }, Ok(Reply::Changed(false))),
        (Op::GetAndDelete { key: K }, Ok(Reply::Value(None))),
        (Op::GetAndTouch { key: K, touch: Touch::Persist }, Ok(Reply::Value(None))),
    ]);
}

#[test]
fn an_expired_key_is_missing_to_walks_and_moves() {
    check_expired(&[
        (Op::Rename { from: K, to: b"t", existing: Existing::Replace }, Err(StoreError::NoSuchKey)),
        (Op::Copy { from: K, to: b"t", existing: Existing::Replace }, Ok(Reply::Changed(false))),
        (Op::Copy { from: b"s", to: K, existing: Existing::Refuse }, Ok(Reply::Changed(true))),
        (Op::Rename { from: b"s", to: K, existing: Existing::Refuse }, Ok(Reply::Changed(true))),
        (Op::Version { key: K }, Ok(Reply::Token(Token::Missing))),
        (Op::Scan { cursor: 0, prefix: K, count: 9 }, Ok(Reply::Keys(KeyPage::default()))),
        (Op::ClearPrefix { prefix: K }, Ok(Reply::Count(0))),
        (Op::Clear, Ok(Reply::Count(1))),
    ]);
}

#[test]
fn expire_obeys_its_condition_and_the_past_deletes() {
    use ExpiryCondition::*;
    let table = [
        (None, 50, Always, true),
        (None, 50, IfNone, true),
        (None, 50, IfSome, false),
        (None, 50, IfLater, false),
        (None, 50, IfEarlier, true),
        (Some(40), 50, Always, true),
        (Some(40), 50, IfNone, false),
        (Some(40), 50, IfSome, true),
        (Some(40), 50, IfLater, true),
        (Some(50), 50, IfLater, false),
        (Some(50), 50, IfEarlier, false),
        (Some(60), 50, IfEarlier, true),
        (Some(60), 0, Always, true),
        (Some(60), 0, IfLater, false),
    ];
    for (before, new, condition, changed) in table {
        let (store, _) = store();
        run(&store, set("k", "v", before.map_or(Expiry::None, Expiry::In), Condition::Always)).unwrap();
        let op = Op::Expire { key: K, deadline: Deadline::In(new), condition };
        assert_eq!(run(&store, op), Ok(Reply::Changed(changed)), "{before:?} {op:?}");
        let ttl = match (changed, new) {
            (true, 0) => Ttl::Missing,
            (true, new) => Ttl::In(new),
            (false, _) => before.map_or(Ttl::Persistent, Ttl::In),
        };
        assert_eq!(run(&store, Op::Ttl { key: K }), Ok(Reply::Ttl(ttl)), "{before:?} {op:?}");
    }
}

#[test]
fn counters_keep_their_lifetime_and_refuse_what_is_no_number() {
    let (store, _) = store();
    let by = |by| Op::Increment { key: K, by, initial: Some(Deadline::In(70)) };
    assert_eq!(run(&store, by(5)), Ok(Reply::Integer(5)));
    run(&store, Op::Expire { key: K, deadline: Deadline::In(30), condition: ExpiryCondition::Always }).unwrap();
    assert_eq!(run(&store, by(-8)), Ok(Reply::Integer(-3)));
    assert_eq!(run(&store, Op::Ttl { key: K }), Ok(Reply::Ttl(Ttl::In(30))));
    assert_eq!(get(&store, "k").as_deref(), Some("-3"));
    assert_eq!(run(&store, by(i64::MIN)), Err(StoreError::IntegerOverflow));
    assert_eq!(run(&store, Op::IncrementFloat { key: K, by: 0.1, initial: None }), value("-2.9"));
    assert_eq!(run(&store, by(1)), Err(StoreError::NotAnInteger));
    assert_eq!(
        run(&store, Op::IncrementFloat { key: K, by: f64::INFINITY, initial: None }),
        Err(StoreError::FloatOverflow)
    );
    assert_eq!(get(&store, "k").as_deref(), Some("-2.9"), "a refusal changes nothing");
}

#[test]
fn get_and_touch_reads_and_changes_the_lifetime() {
    let (store, _) = store();
    store.set(K, b"v").unwrap();
    let touch = |touch| Op::GetAndTouch { key: K, touch };
    assert_eq!(run(&store, touch(Touch::Until(Deadline::In(9)))), value("v"));
    assert_eq!(run(&store, Op::Ttl { key: K }), Ok(Reply::Ttl(Ttl::In(9))));
    assert_eq!(run(&store, touch(Touch::Persist)), value("v"));
    assert_eq!(run(&store, Op::Ttl { key: K }), Ok(Reply::Ttl(Ttl::Persistent)));
    assert_eq!(run(&store, touch(Touch::Until(Deadline::In(0)))), Err(StoreError::InvalidExpiry));
    assert_eq!(run(&store, touch(Touch::Until(Deadline::At(1)))), value("v"));
    assert_eq!(get(&store, "k"), None);
}

#[test]
fn compare_and_delete_or_expire_act_on_equal_values_only() {
    let (store, _) = store();
    store.set(K, b"mine").unwrap();
    let expire = |expected| Op::CompareAndExpire { key: K, expected, deadline: Deadline::In(9) };
    assert_eq!(run(&store, expire(b"theirs")), Ok(Reply::Changed(false)));
    assert_eq!(run(&store, expire(b"mine")), Ok(Reply::Changed(true)));
    assert_eq!(run(&store, Op::Ttl { key: K }), Ok(Reply::Ttl(Ttl::In(9))));
    assert_eq!(run(&store, Op::CompareAndDelete { key: K, expected: b"theirs" }), Ok(Reply::Changed(false)));
    assert_eq!(run(&store, Op::CompareAndDelete { key: K, expected: b"mine" }), Ok(Reply::Changed(true)));
    assert_eq!(get(&store, "k"), None);
}

#[test]
fn ranges_are_those_of_getrange() {
    let (store, _) = store();
    store.set(K, b"This is a string").unwrap();
    let table = [
        (0, 3, "This"),
        (-3, -1, "ing"),
        (0, -1, "This is a string"),
        (10, 100, "string"),
        (-100, 3, "This"),
        (5, 3, ""),
        (-1, -5, ""),
        (100, 200, ""),
        (0, -100, "T"),
        (-100, -50, "T"),
        (i64::MIN, i64::MAX, "This is a string"),
        (i64::MAX, i64::MIN, ""),
    ];
    for (start, end, expected) in table {
        assert_eq!(run(&store, Op::GetRange { key: K, start, end }), value(expected), "{start} {end}");
    }
}

#[test]
fn set_range_pads_and_writes_over() {
    let limits = Limits::with_capacity(64 << 20);
    let too_long = |actual| Err(StoreError::ValueTooLong { actual, max: limits.value_bytes_max_for(1) });
    let table = [
        (None, 0, "", Ok(0), None),
        (None, 2, "ab", Ok(4), Some("\0\0ab")),
        (Some("Hello World"), 6, "Redis", Ok(11), Some("Hello Redis")),
        (Some("Hello World"), 0, "J", Ok(11), Some("Jello World")),
        (Some("ab"), 4, "", Ok(2), Some("ab")),
        (Some("ab"), 3, "c", Ok(4), Some("ab\0c")),
        (Some("ab"), usize::MAX, "c", too_long(usize::MAX), Some("ab")),
        (Some("ab"), 1 << 40, "c", too_long((1 << 40) + 1), Some("ab")),
    ];
    for (before, offset, bytes, length, after) in table {
        let (store, _) = store();
        if let Some(before) = before {
            store.set(K, before.as_bytes()).unwrap();
        }
        let op = Op::SetRange { key: K, offset, bytes: bytes.as_bytes() };
        assert_eq!(run(&store, op), length.map(Reply::Length), "{before:?} {offset} {bytes}");
        assert_eq!(get(&store, "k").as_deref(), after);
    }
}

#[test]
fn append_keeps_the_lifetime_and_reports_the_length() {
    let (store, _) = store();
    assert_eq!(run(&store, Op::Append { key: K, bytes: b"" }), Ok(Reply::Length(0)));
    assert_eq!(run(&store, Op::Exists { key: K }), Ok(Reply::Changed(true)));
    run(&store, set("k", "ab", Expiry::In(7), Condition::Always)).unwrap();
    assert_eq!(run(&store, Op::Append { key: K, bytes: b"cd" }), Ok(Reply::Length(4)));
    assert_eq!(run(&store, Op::Ttl { key: K }), Ok(Reply::Ttl(Ttl::In(7))));
    assert_eq!(run(&store, Op::Length { key: K }), Ok(Reply::Length(4)));
}

#[test]
fn rename_and_copy_carry_the_lifetime() {
    use Existing::{Refuse, Replace};
    let (store, _) = store();
    run(&store, set("k", "v", Expiry::In(7), Condition::Always)).unwrap();
    store.set(b"taken", b"t").unwrap();
    let copy = |to, existing| run(&store, Op::Copy { from: K, to, existing });
    let rename = |from, to, existing| run(&store, Op::Rename { from, to, existing });
    assert_eq!(copy(K, Replace), Err(StoreError::SameKey));
    assert_eq!(copy(b"taken", Refuse), Ok(Reply::Changed(false)));
    assert_eq!(copy(b"c", Refuse), Ok(Reply::Changed(true)));
    assert_eq!(run(&store, Op::Ttl { key: b"c" }), Ok(Reply::Ttl(Ttl::In(7))));
    assert_eq!(rename(b"no", b"x", Replace), Err(StoreError::NoSuchKey));
    assert_eq!(rename(K, K, Replace), Ok(Reply::Changed(true)));
    assert_eq!(rename(K, K, Refuse), Ok(Reply::Changed(false)));
    assert_eq!(rename(K, b"taken", Refuse), Ok(Reply::Changed(false)));
    assert_eq!(rename(K, b"taken", Replace), Ok(Reply::Changed(true)));
    assert_eq!((get(&store, "k"), get(&store, "taken").as_deref()), (None, Some("v")));
    assert_eq!(run(&store, Op::Ttl { key: b"taken" }), Ok(Reply::Ttl(Ttl::In(7))));
    check_accounts(&store);
}

#[test]
fn a_hit_is_the_stored_allocation() {
    let (store, _) = store();
    store.set(K, b"v").unwrap();
    let (first, second) = (store.get(K).unwrap(), store.get(K).unwrap());
    assert_eq!(first.as_ptr(), second.as_ptr());
    store.set(K, b"w").unwrap();
    assert_eq!((&*first, get(&store, "k").as_deref()), (&b"v"[..], Some("w")), "a reader keeps what it read");
}

/// A clock that counts how often it is read.
struct CountingClock(Arc<AtomicU64>);

impl Clock for CountingClock {
    fn now_ms(&self) -> u64 {
        self.0.fetch_add(1, SeqCst);
        START_MS
    }
}

#[test]
fn the_clock_is_read_only_for_entries_with_a_deadline() {
    let reads = Arc::new(AtomicU64::new(0));
    let store = Store::with_clock(Limits::default(), CountingClock(Arc::clone(&reads)));
    store.set(K, b"1").unwrap();
    store.get(K).unwrap();
    run(&store, Op::Increment { key: K, by: 1, initial: None }).unwrap();
    assert_eq!(store.get(b"missing"), None);
    assert_eq!(reads.load(SeqCst), 0);
    run(&store, set("t", "v", Expiry::In(5), Condition::Always)).unwrap();
    let before = reads.load(SeqCst);
    store.get(b"t").unwrap();
    assert_eq!(reads.load(SeqCst), before + 1);
    let ops = [Op::Get { key: b"t" }, Op::Ttl { key: b"t" }, Op::Get { key: b"t" }];
    assert_ne!(store.group(&ops, &[]), GroupOutcome::Aborted);
    assert_eq!(reads.load(SeqCst), before + 2, "a group has one moment");
}
