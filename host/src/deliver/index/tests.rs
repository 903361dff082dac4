//! Finding recent events.

use super::*;

#[test]
fn recent_events_are_found_and_old_ones_forgotten() {
    let mut recent = Recent::default();
    let id = |number: usize| Uuid::from_u128(number as u128);
    let ids: Vec<_> = (0..RECENT_MAX + 10).map(id).collect();
    recent.note(&ids[..7], 1);
    recent.note(&ids[7..], 8);
    assert_eq!((recent.find(id(9)), recent.find(id(10))), (None, Some(11)));
    assert_eq!((recent.positions.len(), recent.order.len()), (RECENT_MAX, RECENT_MAX));
}

#[test]
fn a_repeated_id_is_its_newest_and_stays_as_long() {
    let mut recent = Recent::default();
    let again = Uuid::from_u128(1);
    recent.note(&[again], 1);
    let others: Vec<_> = (0..RECENT_MAX - 1).map(|_| Uuid::now_v7()).collect();
    recent.note(&others, 2);
    recent.note(&[again], 500_000);
    assert_eq!(recent.find(again), Some(500_000));
}
