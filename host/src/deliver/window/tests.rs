//! What a lane sends when, over time that nobody waits for.

use std::time::Duration;

use outrigger_plugin_api::sdk::Bytes;

use super::*;
use crate::config::{OnAmbiguous, OnFull};

fn policy() -> Policy {
    Policy {
        batch_records: 3,
        batch_bytes: 100,
        batch_age: Duration::from_millis(50),
        in_flight: 2,
        rate: None,
        backoff_min: Duration::from_millis(1),
        backoff_max: Duration::from_secs(1),
        age_max: Duration::from_secs(1),
        on_ambiguous: OnAmbiguous::Retry,
        on_full: OnFull::Reject,
        order: Order::Any,
    }
}

fn item(position: u64, bytes: usize) -> Item {
    let body = Bytes::from(vec![b'x'; bytes]);
    let event = Outgoing { id: Uuid::from_u128(position.into()), received_at_ms: 0, sort: 0, body };
    Item { position, source: Source::Cursor, event, tries: 0, first_try_ms: 0 }
}

fn window(items: impl IntoIterator<Item = Item>, now: Instant) -> Window {
    let mut window = Window::default();
    items.into_iter().for_each(|item| window.push(item, now));
    window
}

fn sent(next: Next) -> Vec<u64> {
    match next {
        Next::Send(batch) => batch.items.iter().map(|item| item.position).collect(),
        other => panic!("nothing is sent: {other:?}"),
    }
}

#[test]
fn the_first_record_goes_at_once_and_the_next_wait_for_company() {
    let (now, policy) = (Instant::now(), policy());
    let mut window = window([item(1, 1)], now);
    assert_eq!(sent(window.next(&policy, 0, usize::MAX, now)), [1]);
    window.push(item(2, 1), now);
    assert_eq!(window.next(&policy, 1, usize::MAX, now), Next::Wait(now + policy.batch_age));
    assert_eq!(sent(window.next(&policy, 1, usize::MAX, now + policy.batch_age)), [2]);
    (3..=6).for_each(|position| window.push(item(position, 1), now));
    assert_eq!(sent(window.next(&policy, 1, usize::MAX, now)), [3, 4, 5], "a full batch does not wait");
    assert_eq!(window.next(&policy, 2, usize::MAX, now), Next::Idle, "two are in flight");
}

#[test]
fn bytes_and_rate_bound_a_batch_but_never_to_nothing() {
    let (now, policy) = (Instant::now(), policy());
    let mut window = window([item(1, 60), item(2, 60), item(3, 500), item(4, 1)], now);
    assert_eq!(sent(window.next(&policy, 0, usize::MAX, now)), [1]);
    assert_eq!(sent(window.next(&policy, 0, usize::MAX, now)), [2]);
    assert_eq!(sent(window.next(&policy, 0, usize::MAX, now)), [3], "a record over the bound goes alone");
    (5..=6).for_each(|position| window.push(item(position, 1), now));
    assert_eq!(sent(window.next(&policy, 0, 2, now)), [4, 5]);
    assert_eq!(window.next(&policy, 0, 0, now), Next::Idle);
}

#[test]
fn a_batch_that_waits_does_not_hold_up_the_others_unless_order_is_asked_for() {
    let (now, mut policy) = (Instant::now(), policy());
    let mut window = window([item(1, 1), item(2, 1)], now);
    let Next::Send(first) = window.next(&policy, 0, 1, now) else { panic!("the first is sent") };
    let later = now + Duration::from_secs(9);
    window.again(first, later);
    policy.order = Order::Journal;
    assert_eq!(window.next(&policy, 0, usize::MAX, now), Next::Wait(later), "the second stays behind the first");
    policy.order = Order::Any;
    assert_eq!(sent(window.next(&policy, 0, usize::MAX, now + policy.batch_age)), [2]);
    assert_eq!(sent(window.next(&policy, 0, usize::MAX, later)), [1]);
}

#[test]
fn what_is_held_is_bounded_and_given_back() {
    let (now, policy) = (Instant::now(), policy());
    let mut window = Window::default();
    let mut position = 0;
    while window.has_room(&policy) {
        position += 1;
        window.push(item(position, 1), now);
    }
    assert_eq!(position, policy.held_records_max() as u64);
    let Next::Send(batch) = window.next(&policy, 0, usize::MAX, now) else { panic!("a batch is sent") };
    assert!(!window.has_room(&policy), "what is in flight is held");
    batch.items.iter().for_each(|item| window.ended(item));
    assert!(window.has_room(&policy));
    assert_eq!(window.withdraw(|_| true).len(), position as usize - 3);
    assert!(window.is_empty());
}

#[test]
fn hastened_batches_are_due_now_and_in_order() {
    let (now, policy) = (Instant::now(), policy());
    let mut window = window((1..=6).map(|position| item(position, 1)), now);
    for wait in [9, 5] {
        let Next::Send(batch) = window.next(&policy, 0, 3, now) else { panic!("a batch is sent") };
        window.again(batch, now + Duration::from_secs(wait));
        // Only what is ready, not what waits.
    }
    window.hasten(now);
    assert_eq!(sent(window.next(&policy, 0, usize::MAX, now)), [4, 5, 6], "the one that was due first");
    assert_eq!(sent(window.next(&policy, 0, usize::MAX, now)), [1, 2, 3]);
}
