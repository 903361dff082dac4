//! Checks scans, random keys and clearing by prefix.

use std::collections::HashMap;

use super::*;

fn page(store: &Store, cursor: u64, prefix: &[u8], count: usize) -> KeyPage {
    match store.run(Op::Scan { cursor, prefix, count }) {
        Ok(Reply::Keys(page)) => page,
        other => panic!("{other:?}"),
    }
}

#[test]
fn keys_that_stay_are_returned_once_while_the_store_grows_and_shrinks() {
    let (store, _) = store();
    for i in 0..2_000 {
        store.set(format!("stay:{i}").as_bytes(), b"v").unwrap();
        store.set(format!("go:{i}").as_bytes(), b"v").unwrap();
    }
    let (mut seen, mut cursor, mut pages) = (HashMap::new(), 0, 0);
    loop {
        let page = page(&store, cursor, b"stay:", 50);
        assert!(page.keys.len() <= 50);
        for key in page.keys {
            *seen.entry(key).or_insert(0) += 1;
        }
        // Grow the tables several times over, then make them shrink.
        for i in 0..1_000 {
            let key = format!("new:{pages}:{i}");
            if pages < 40 {
                store.set(key.as_bytes(), b"v").unwrap();
            }
        }
        store.delete(format!("go:{pages}").as_bytes()).unwrap();
        if pages == 60 {
            store.run(Op::ClearPrefix { prefix: b"new:" }).unwrap();
        }
        (cursor, pages) = (page.next, pages + 1);
        assert!(cursor < 1 << 53, "PHP and JavaScript can't carry {cursor}");
        if cursor == 0 {
            break;
        }
    }
    assert!(pages > 70, "the tables changed during the scan, {pages} pages");
    assert_eq!(seen.len(), 2_000);
    assert!(seen.values().all(|times| *times == 1));
}

#[test]
fn a_scan_looks_at_count_keys_and_ends() {
    let (store, _) = store();
    assert_eq!(page(&store, 0, b"", 10), KeyPage::default());
    for i in 0..100 {
        store.set(format!("{i}").as_bytes(), b"v").unwrap();
    }
    assert_eq!(page(&store, 0, b"none", 10).keys.len(), 0);
    assert_ne!(page(&store, 0, b"none", 10).next, 0);
    assert_eq!(page(&store, 0, b"", 100).keys.len(), 100);
    assert_eq!(page(&store, 0, b"", 0).keys.len(), 1, "a count of 0 is 1: a scan moves on");
    assert_eq!(page(&store, u64::MAX, b"", 10).next, 0);
}

#[test]
fn random_keys_are_live_and_vary() {
    let (store, clock) = store();
    assert_eq!(store.run(Op::RandomKey), Ok(Reply::Key(None)));
    store.run(set("dying", "v", Expiry::In(1), Condition::Always)).unwrap();
    clock.advance(1);
    assert_eq!(store.run(Op::RandomKey), Ok(Reply::Key(None)));
    for i in 0..20 {
        store.set(&[i], b"v").unwrap();
    }
    let picks: std::collections::HashSet<_> = (0..1_000)
        .map(|_| match store.run(Op::RandomKey) {
            Ok(Reply::Key(Some(key))) => key,
            other => panic!("{other:?}"),
        })
        .collect();
    assert!(picks.len() > 10, "{} of 20", picks.len());
}

#[test]
fn clearing_by_prefix_leaves_the_rest() {
    let (store, clock) = store();
    for i in 0..500 {
        store.set(format!("a:{i}").as_bytes(), b"v").unwrap();
        store.set(format!("b:{i}").as_bytes(), b"v").unwrap();
    }
    store.run(set("a:x", "v", Expiry::In(1), Condition::Always)).unwrap();
    clock.advance(1);
    assert_eq!(store.run(Op::ClearPrefix { prefix: b"a:" }), Ok(Reply::Count(500)));
    check_accounts(&store);
    assert_eq!(store.size().entries, 500);
    assert_eq!(store.run(Op::Clear), Ok(Reply::Count(500)));
    assert_eq!((store.size().entries, store.size().bytes), (0, 0));
}
