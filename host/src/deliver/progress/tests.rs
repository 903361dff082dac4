//! A cursor never passes a record that has not ended.

use proptest::prelude::*;

use super::*;

#[test]
fn a_record_stands_where_it_stands() {
    let mut progress = Progress::new(0, 5, Runs::default());
    assert_eq!((progress.cursor(), progress.of(4), progress.of(5)), (5, Standing::EndedLongAgo, Standing::Queued));
    assert!(progress.hold(5, 70) && progress.hold(6, 80));
    progress.read_to(7);
    progress.failed(5, 2, 99, "provider.timeout", "slow");
    let failed = Failed { tries: 2, next_ms: 99, code: "provider.timeout", error: "slow".into() };
    assert_eq!(progress.of(5), Standing::Retrying(failed));
    progress.ended(6, Outcome::Delivered);
    assert_eq!((progress.cursor(), progress.of(6)), (5, Standing::Ended(Outcome::Delivered)));
    assert_eq!(progress.oldest_ms(), Some(70));
    progress.ended(5, Outcome::DeadLettered);
    assert_eq!((progress.cursor(), progress.held(), progress.oldest_ms()), (7, 0, None));
}

#[test]
fn what_is_let_go_unread_is_dropped_and_what_came_before_is_no_concern() {
    let mut progress = Progress::new(5, 5, Runs::default());
    assert_eq!(progress.skip_to(9), 4);
    assert_eq!((progress.of(8), progress.of(9)), (Standing::Ended(Outcome::Dropped), Standing::Queued));
    assert_eq!((progress.concerns(4), progress.concerns(5)), (false, true));
}

#[test]
fn what_ended_before_a_restart_is_not_held_again() {
    let mut progress = Progress::new(1, 1, Runs::default());
    assert!((1..=4).all(|position| progress.hold(position, 0)));
    progress.read_to(5);
    for position in [2, 4] {
        progress.ended(position, Outcome::Delivered);
    }
    let kept = progress.checkpoint(10);
    assert_eq!(kept.cursor, 1);
    let mut again = Progress::new(kept.began, kept.cursor, Runs::restore(&kept.runs));
    assert_eq!([1, 2, 3, 4].map(|position| again.hold(position, 0)), [true, false, true, false]);
}

proptest! {
    #[test]
    fn the_cursor_is_the_first_that_has_not_ended(order in Just((1..40_u64).collect::<Vec<_>>()).prop_shuffle()) {
        let mut progress = Progress::new(1, 1, Runs::default());
        for position in 1..40 {
            prop_assert!(progress.hold(position, 0));
        }
        progress.read_to(40);
        let mut open: std::collections::BTreeSet<_> = (1..40).collect();
        for position in order {
            progress.ended(position, Outcome::Delivered);
            open.remove(&position);
            prop_assert_eq!(progress.cursor(), open.first().copied().unwrap_or(40));
        }
    }
}
