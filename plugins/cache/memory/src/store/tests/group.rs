//! Checks groups and the tokens they watch.

use super::*;

fn token(store: &Store, key: &[u8]) -> Token {
    match store.run(Op::Version { key }) {
        Ok(Reply::Token(token)) => token,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_token_changes_with_every_change_and_only_then() {
    let (store, clock) = store();
    let key = b"k";
    assert_eq!(token(&store, key), Token::Missing);
    store.set(b"other", b"v").unwrap();
    assert_eq!(token(&store, key), Token::Missing);
    let mut seen = vec![Token::Missing];
    let changes = [
        set("k", "1", Expiry::None, Condition::Always),
        set("k", "1", Expiry::None, Condition::Always),
        Op::Increment { key, by: 1, initial: None },
        Op::Append { key, bytes: b"0" },
        Op::SetRange { key, offset: 0, bytes: b"3" },
        Op::Expire { key, deadline: Deadline::In(10), condition: ExpiryCondition::Always },
        Op::Persist { key },
        Op::Rename { from: b"other", to: key, existing: Existing::Replace },
    ];
    for op in changes {
        store.run(op).unwrap();
        let now = token(&store, key);
        assert!(!seen.contains(&now), "{op:?}");
        assert_eq!(token(&store, key), now);
        seen.push(now);
    }
    store.delete(key).unwrap();
    store.set(key, b"1").unwrap();
    assert!(!seen.contains(&token(&store, key)), "made anew");
    store.run(set("k", "1", Expiry::In(5), Condition::Always)).unwrap();
    clock.advance(5);
    assert_eq!(token(&store, key), Token::Missing);
}

#[test]
fn a_group_runs_all_or_nothing_of_its_operations() {
    let (store, _) = store();
    store.set(b"a", b"1").unwrap();
    let watched = token(&store, b"a");
    let ops = [
        Op::Increment { key: b"a", by: 1, initial: None },
        Op::Append { key: b"b", bytes: b"x" },
        Op::Increment { key: b"b", by: 1, initial: None },
        Op::Rename { from: b"b", to: b"c", existing: Existing::Replace },
        Op::Get { key: b"c" },
    ];
    let done = store.group(&ops, &[(b"a", watched), (b"b", Token::Missing)]);
    let expected = vec![
        Ok(Reply::Integer(2)),
        Ok(Reply::Length(1)),
        Err(StoreError::NotAnInteger),
        Ok(Reply::Changed(true)),
        Ok(Reply::Value(Some(Value::build(b"", [b"x"])))),
    ];
    assert_eq!(done, GroupOutcome::Done(expected));
    assert_eq!(store.group(&ops, &[(b"a", watched)]), GroupOutcome::Aborted);
    assert_eq!(get(&store, "a").as_deref(), Some("2"), "an aborted group changes nothing");
}

#[test]
fn a_group_may_hold_any_operation() {
    let (store, _) = store();
    let key = b"n";
    let ops = [
        set("n", "1", Expiry::None, Condition::Always),
        Op::RandomKey,
        Op::Scan { cursor: 0, prefix: b"", count: 10 },
        Op::Copy { from: key, to: b"m", existing: Existing::Refuse },
        Op::ClearPrefix { prefix: b"m" },
        Op::Version { key },
        Op::GetRange { key, start: 0, end: 0 },
        Op::Clear,
        Op::Exists { key },
    ];
    let GroupOutcome::Done(replies) = store.group(&ops, &[]) else { panic!("nothing was watched") };
    assert_eq!(replies[1], Ok(Reply::Key(Some(key.to_vec()))));
    assert_eq!(replies[2], Ok(Reply::Keys(KeyPage { keys: vec![key.to_vec()], next: 0 })));
    assert_eq!((&replies[4], &replies[7]), (&Ok(Reply::Count(1)), &Ok(Reply::Count(1))));
    assert_eq!(replies[8], Ok(Reply::Changed(false)));
    check_accounts(&store);
}
