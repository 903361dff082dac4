//! Funnels against trying every way through.

use proptest::prelude::*;
use serde_json::json;

use super::*;

/// A person, a moment, the steps an event is.
type Event = (u64, u64, u16);

fn run(steps: usize, window_ms: u64, events: &[Event]) -> Vec<u64> {
    let mut funnel = Funnel::new(steps, window_ms);
    for (person, ms, mask) in events {
        funnel.event(*person, *ms, *mask, 0);
    }
    funnel.finish(None).people
}

/// Returns how many steps one person comes, by trying each event as each step.
fn furthest(steps: usize, window_ms: u64, events: &[Event]) -> usize {
    fn from(step: usize, after: usize, start_ms: u64, steps: usize, window_ms: u64, events: &[Event]) -> usize {
        if step == steps {
            return step;
        }
        let next = |(at, (_, ms, mask)): (usize, &Event)| {
            let fits = at >= after && mask >> step & 1 == 1 && (step == 0 || ms - start_ms <= window_ms);
            let start_ms = if step == 0 { *ms } else { start_ms };
            fits.then(|| from(step + 1, at + 1, start_ms, steps, window_ms, events))
        };
        events.iter().enumerate().filter_map(next).max().unwrap_or(step)
    }
    from(0, 0, 0, steps, window_ms, events)
}

fn brute(steps: usize, window_ms: u64, events: &[Event]) -> Vec<u64> {
    let mut people = vec![0; steps];
    for of_one in events.chunk_by(|left, right| left.0 == right.0) {
        let reached = furthest(steps, window_ms, of_one);
        people[..reached].iter_mut().for_each(|count| *count += 1);
    }
    people
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn it_finds_what_trying_every_way_finds(
        steps in 1_usize..5,
        window_ms in 0_u64..12,
        mut events in prop::collection::vec((0_u64..3, 0_u64..20, 1_u16..16), 0..24),
    ) {
        // The order the question defines: within a millisecond by the first step that fits.
        events.sort_by_key(|(person, ms, mask)| (*person, *ms, mask.trailing_zeros(), *mask));
        let expected = brute(steps, window_ms, &events);
        prop_assert_eq!(run(steps, window_ms, &events), expected.clone());
        // Whatever order the store has events of one millisecond in.
        events.sort_by_key(|(person, ms, mask)| (*person, *ms, Reverse(*mask)));
        prop_assert_eq!(run(steps, window_ms, &events), expected);
    }
}

#[test]
fn a_later_start_counts_where_the_first_is_too_early() {
    assert_eq!(run(2, 7, &[(1, 0, 1), (1, 6, 1), (1, 8, 2)]), [1, 1]);
    // And for each level: the third step belongs to the second start.
    assert_eq!(run(3, 5, &[(1, 0, 1), (1, 1, 2), (1, 4, 1), (1, 5, 2), (1, 9, 4)]), [1, 1, 1]);
}

#[test]
fn people_divide_over_the_value_of_the_start_that_led_furthest() {
    let by = By { property: "p".into(), limit: 1 };
    let mut values = Values::new(&by);
    let mut number = |value: &str| values.number(json!({ "p": value }).as_object().unwrap()).unwrap();
    let (a, b) = (number("a"), number("b"));
    let mut funnel = Funnel::new(2, 10);
    // Began with a and with b; b led on.
    for (ms, steps, value) in [(0, 1, a), (5, 1, b), (12, 2, 0)] {
        funnel.event(1, ms, steps, value);
    }
    // Began with a and then b, and never went on: the first counts.
    for (ms, value) in [(0, a), (1, b)] {
        funnel.event(2, ms, 1, value);
    }
    funnel.event(3, 0, 1, b);
    let answer = funnel.finish(Some((&by, &values)));
    assert_eq!(answer.people, [3, 1]);
    assert_eq!(answer.values, [FunnelOf { value: values.value(b), people: vec![2, 1] }]);
    assert_eq!(answer.other, Some(vec![1, 0]));
}
