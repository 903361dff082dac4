//! Retention against looking at every pair of events.

use outrigger_plugin_api::sdk::analytics::query::Interval;
use proptest::prelude::*;

use super::*;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
const DAYS: u64 = 8;

fn days(count: u64) -> Buckets {
    Buckets::new(None, (Interval::Day, "/period"), (0, count * DAY_MS), RETENTION_PERIODS_MAX).unwrap()
}

/// A person, a moment, whether it is one to begin and to come back with.
type Event = (u64, u64, bool, bool);

fn brute(events: &[Event]) -> Vec<(u64, Vec<u64>)> {
    let mut cohorts: Vec<_> = (0..DAYS).map(|day| (0, vec![0; (DAYS - day) as usize])).collect();
    for person in 0..6 {
        let of_one = || events.iter().filter(|event| event.0 == person);
        let Some(began) = of_one().filter(|event| event.2).map(|event| event.1).min() else { continue };
        let cohort = &mut cohorts[(began / DAY_MS) as usize];
        cohort.0 += 1;
        for distance in 0..cohort.1.len() as u64 {
            let came = |event: &&Event| event.3 && event.1 > began && event.1 / DAY_MS == began / DAY_MS + distance;
            cohort.1[distance as usize] += u64::from(of_one().any(|event| came(&event)));
        }
    }
    cohorts
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]
    #[test]
    fn it_finds_what_looking_at_every_pair_finds(
        mut events in prop::collection::vec((0_u64..6, 0..DAYS * 4, any::<bool>(), any::<bool>()), 0..60),
    ) {
        events.iter_mut().for_each(|event| event.1 *= DAY_MS / 4);
        let expected = brute(&events);
        // By person and by time; those of one millisecond as they come.
        events.sort_by_key(|event| (event.0, event.1));
        let mut retention = Retention::new(days(DAYS));
        for (person, ms, first, back) in events {
            retention.event(person, ms, first, back);
        }
        let found: Vec<_> = retention.finish().cohorts.into_iter().map(|one| (one.people, one.returned)).collect();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn the_last_of_the_most_periods_has_its_bit() {
    let most = RETENTION_PERIODS_MAX as u64;
    let mut retention = Retention::new(days(most));
    retention.event(1, 0, true, true);
    retention.event(1, (most - 1) * DAY_MS, true, true);
    let cohorts = retention.finish().cohorts;
    assert_eq!(cohorts.len(), RETENTION_PERIODS_MAX);
    assert_eq!((cohorts[0].returned.iter().sum::<u64>(), cohorts[0].returned.last()), (1, Some(&1)));
}
