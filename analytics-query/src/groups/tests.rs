//! Groups, and the order of as large ones.

use super::*;

#[test]
fn as_large_groups_are_in_the_order_of_their_keys() {
    let mut groups = Groups::default();
    for (person, group) in
        [(1, Some(0)), (1, Some(3)), (1, None), (2, Some(3)), (2, Some(1)), (3, Some(0)), (3, Some(5))]
    {
        groups.event(person, group);
    }
    let names = ["b", "d", "never", "a", "never", "c"];
    assert_eq!(groups.ranked(|group| names[group]), [3, 0, 5, 1]);
    assert_eq!(groups.sum(3), Sum { events: 2, people: 2 });
    assert_eq!((groups.sum(2), groups.sum(99)), (Sum::default(), Sum::default()));
    assert_eq!(groups.total(), Sum { events: 7, people: 3 });
}
