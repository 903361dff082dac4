//! Counts against counting by sets.

use std::collections::HashSet;

use outrigger_plugin_api::sdk::analytics::query::Interval;
use proptest::prelude::*;

use super::*;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

proptest! {
    #[test]
    fn people_are_counted_as_sets_would(mut events in prop::collection::vec((0_u64..6, 0_u64..10 * DAY_MS), 0..80)) {
        let buckets = Buckets::new(None, (Interval::Day, "/interval"), (0, 10 * DAY_MS), 10).unwrap();
        let mut counts = Counts::new(Some(buckets));
        events.sort_by_key(|(person, _)| *person);
        for (person, ms) in &events {
            counts.event(*person, *ms);
        }
        let answer = counts.finish();
        let sum = |events: &[&(u64, u64)]| {
            let people: HashSet<_> = events.iter().map(|(person, _)| person).collect();
            (events.len() as u64, people.len() as u64)
        };
        prop_assert_eq!((answer.total.events, answer.total.people), sum(&events.iter().collect::<Vec<_>>()));
        prop_assert_eq!(answer.points.len(), 10);
        for (day, point) in (0_u64..).zip(answer.points) {
            let of_day: Vec<_> = events.iter().filter(|(_, ms)| ms / DAY_MS == day).collect();
            prop_assert_eq!((point.events, point.people), sum(&of_day));
        }
    }
}

#[test]
fn without_intervals_there_is_the_sum_alone() {
    let mut counts = Counts::new(None);
    counts.event(7, 1);
    counts.event(7, 2);
    assert_eq!(counts.finish(), CountsAnswer { points: Vec::new(), total: Sum { events: 2, people: 1 } });
}
