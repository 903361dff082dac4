//! Checks the order and the run structure of the table under random insertions and removals.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn entry(hash: u64, key: &[u8]) -> Entry {
    Entry { hash, value: Value::build(key, [b"v"]), deadline: None, version: 0, mark: 0 }
}

fn check(table: &Table, model: &BTreeMap<(u64, u8), ()>) {
    assert_eq!(table.len(), model.len());
    assert!(table.slots.capacity() <= table.slots() + OVERHANG, "an entry that falls off must not double the table");
    let walked: Vec<u64> = table.walk(0).map(|entry| entry.hash).collect();
    assert_eq!(walked, model.keys().map(|(hash, _)| *hash).collect::<Vec<_>>());
    for index in 0..table.slots() {
        let Some(entry) = table.get(index) else {
            continue;
        };
        let home = table.home(entry.hash);
        assert!(home <= index, "an entry lies at or after its home");
        assert!((home..index).all(|before| table.get(before).is_some()), "no hole before an entry");
    }
}

proptest! {
    #[test]
    fn the_table_stays_sorted_without_holes(
        // Few distinct high bits make long runs, the last home makes the array grow at its end.
        steps in prop::collection::vec((prop_oneof![0_u64..40, 1000_u64..1040, any::<u64>(), u64::MAX - 9..=u64::MAX], 0_u8..3, 0_u8..4), 1..400),
    ) {
        let mut table = Table::new();
        let mut model = BTreeMap::new();
        for (number, key, action) in steps {
            let hash = if number < 2000 { number << 54 } else { number };
            let index = table.find(hash, |entry| entry.value.key() == [key]);
            prop_assert_eq!(index.is_some(), model.contains_key(&(hash, key)));
            match (index, action) {
                (Some(index), 0 | 1) => {
                    let removed = table.remove(index).map(|entry| entry.hash);
                    prop_assert_eq!(removed, Some(hash));
                    model.remove(&(hash, key));
                    table.shrink();
                }
                (None, 1..) => {
                    table.insert(entry(hash, &[key]));
                    model.insert((hash, key), ());
                }
                _ => {}
            }
            check(&table, &model);
        }
    }
}
