//! Checks how pieces are split, what goes out again, and what becomes of what never went out.

use super::*;
use crate::sdk::Call;

type Pieces = Vec<(usize, Vec<u8>)>;

fn pieces(lengths: &[usize]) -> Pieces {
    lengths.iter().enumerate().map(|(record, length)| (record, vec![b'x'; *length])).collect()
}

fn records(pieces: &Pieces) -> Vec<usize> {
    pieces.iter().map(|(record, _)| *record).collect()
}

const BOUNDS: Bounds = Bounds { count_max: 3, bytes_max: 20, frame: 2 };

#[test]
fn pieces_are_split_by_count_and_bytes_and_a_large_one_goes_alone() {
    let mut tally = Tally::of(8);
    let mut requests = Requests::new(Call::unbounded().countdown(), &mut tally, 16);
    requests.add(pieces(&[1, 1, 1, 1, 13, 2, 40, 1]), BOUNDS);
    let mut found = Vec::new();
    while let Some(pieces) = requests.next_request() {
        let body = joined(b"[", &pieces, b"]");
        assert!(body.len() <= BOUNDS.bytes_max || pieces.len() == 1, "{} bytes", body.len());
        found.push(records(&pieces));
    }
    assert_eq!(found, [vec![0, 1, 2], vec![3, 4], vec![5], vec![6], vec![7]]);
    requests.add(pieces(&[]), BOUNDS);
    assert_eq!(requests.next_request(), None, "nothing makes no request");
}

#[test]
fn what_is_left_of_a_request_goes_out_before_what_waits() {
    let mut tally = Tally::of(4);
    let mut requests = Requests::new(Call::unbounded().countdown(), &mut tally, 16);
    requests.add(pieces(&[1, 1, 1, 1]), BOUNDS);
    let first = requests.next_request().unwrap();
    let refused = |place| (place == 1).then(|| Verdict::Rejected("named".into()));
    let left = requests.answer_some(first, refused);
    assert_eq!(records(&left), [0, 2]);
    requests.again(left);
    for expected in [vec![0, 2], vec![3]] {
        let next = requests.next_request().unwrap();
        assert_eq!(records(&next), expected);
        requests.answer(&next, Verdict::Delivered);
    }
    let delivered = || Verdict::Delivered;
    let named = Verdict::Rejected("named".into());
    assert_eq!(tally.finish(), Ok(vec![delivered(), named, delivered(), delivered()]));
}

#[test]
fn a_record_that_was_taken_by_half_comes_again_where_the_rest_never_went_out() {
    let three = || vec![(0, b"a".to_vec()), (1, b"b".to_vec()), (0, b"c".to_vec())];
    let alone = Bounds { count_max: 1, ..BOUNDS };
    let names = |tally: Tally| tally.finish().map(|all| all.iter().map(Verdict::as_str).collect::<Vec<_>>());

    let mut tally = Tally::of(2);
    let mut requests = Requests::new(Call::unbounded().countdown(), &mut tally, 16);
    requests.add(three(), alone);
    let first = requests.next_request().unwrap();
    requests.answer(&first, Verdict::Delivered);
    let second = requests.next_request().unwrap();
    requests.stop(&second, ProviderError::unavailable("503"));
    assert_eq!(requests.next_request(), None);
    assert_eq!(names(tally), Err(ProviderError::unavailable("503")), "nobody has anything whole");

    let mut tally = Tally::of(2);
    let mut requests = Requests::new(Call::unbounded().countdown(), &mut tally, 2);
    requests.add(three(), alone);
    for _ in 0..2 {
        let next = requests.next_request().unwrap();
        requests.answer(&next, Verdict::Delivered);
    }
    assert_eq!(requests.next_request(), None, "two are allowed");
    assert_eq!(names(tally), Ok(vec!["retry", "delivered"]));
}

#[test]
fn no_request_begins_once_time_is_over() {
    let mut tally = Tally::of(1);
    let over = Call::within(std::time::Duration::ZERO).countdown();
    let mut requests = Requests::new(over, &mut tally, 16);
    requests.add(pieces(&[1]), BOUNDS);
    assert_eq!(requests.next_request(), None);
    assert!(matches!(tally.finish().unwrap().as_slice(), [Verdict::Retry { .. }]));
}
