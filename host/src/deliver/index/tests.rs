//! Finding recent events.

use super::*;

#[test]
fn recent_events_are_found_and_old_ones_forgotten() {
    let mut recent = Recent::default();
    let id = |number: usize| Uuid::from_u128(number as u128);
    let ids: Vec<_> = (0..LISTS * LIST_MAX + 10).map(id).collect();
    recent.note(&ids[..7], 1);
    recent.note(&ids[7..], 8);
    assert_eq!((recent.find(id(9)), recent.find(id(10))), (None, Some(11)));
    assert!(recent.0.iter().all(|list| list.len() == LIST_MAX));
}

#[test]
fn a_repeated_id_is_its_newest_and_stays_as_long() {
    let mut recent = Recent::default();
    let (again, other) = (Uuid::from_u128(1), Uuid::from_u128(1 + LISTS as u128));
    recent.note(&[again], 1);
    recent.note(&vec![other; LIST_MAX - 1], 2);
    recent.note(&[again], 500_000);
    recent.note(&vec![other; LIST_MAX - 1], 500_001);
    assert_eq!(recent.find(again), Some(500_000));
    recent.note(&[other], 600_000);
    assert_eq!(recent.find(again), None, "as many came after it");
}

#[test]
fn of_real_ids_nearly_all_of_a_hundred_thousand_are_found() {
    let mut recent = Recent::default();
    let ids: Vec<_> = (0..100_000).map(|_| Uuid::now_v7()).collect();
    recent.note(&ids, 0);
    let found = ids.iter().zip(0..).filter(|(id, position)| recent.find(**id) == Some(*position)).count();
    assert!(found > 99_900, "{found}");
}
