//! The memory of ends against the plainest model of it.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

const OUTCOMES: [Outcome; 3] = [Outcome::Delivered, Outcome::DeadLettered, Outcome::Dropped];

proptest! {
    #[test]
    fn runs_remember_what_a_map_remembers(notes in proptest::collection::vec((1..200_u64, 0..3_usize), 0..300)) {
        let (mut runs, mut model) = (Runs::default(), BTreeMap::new());
        for (position, which) in notes {
            runs.note(position, OUTCOMES[which]);
            model.entry(position).or_insert(OUTCOMES[which]);
        }
        for position in 0..210 {
            prop_assert_eq!(runs.at(position), model.get(&position).copied(), "position {}", position);
        }
        prop_assert_eq!(Runs::restore(&runs.newest(usize::MAX)), runs);
    }
}

#[test]
fn a_range_leaves_what_had_ended_as_it_was() {
    let mut runs = Runs::default();
    for position in [3, 4, 8] {
        runs.note(position, Outcome::Delivered);
    }
    runs.note_all(1, 10, Outcome::Dropped);
    for position in 1..10 {
        let expected = if [3, 4, 8].contains(&position) { Outcome::Delivered } else { Outcome::Dropped };
        assert_eq!(runs.at(position), Some(expected), "position {position}");
    }
    assert_eq!((runs.at(0), runs.at(10)), (None, None));
}

#[test]
fn records_of_others_do_not_cut_a_run() {
    let mut runs = Runs::default();
    for position in 1..=1000 {
        runs.note(position, if position % 3 == 0 { Outcome::Foreign } else { Outcome::Delivered });
    }
    assert_eq!(runs.newest(10), [(1, 1000, Outcome::Delivered)]);
}

#[test]
fn the_oldest_runs_are_forgotten() {
    let mut runs = Runs::default();
    for number in 0..2 * RUNS_MAX as u64 {
        runs.note(2 * number, Outcome::Dropped);
    }
    assert_eq!((runs.at(0), runs.at(4 * RUNS_MAX as u64 - 2)), (None, Some(Outcome::Dropped)));
    assert_eq!(runs.newest(usize::MAX).len(), RUNS_MAX);
}
