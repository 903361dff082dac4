//! What a page tells of the run that left it, whatever it holds.

use proptest::prelude::*;

use super::*;
use crate::crash::page::{MAGIC, WORDS};

/// Where a provider's words begin, and in them its content, start and counts: the file's form.
const ENTRY: usize = 40;
const FIRST: usize = 16;

fn put(words: &mut [u64], at: usize, text: &str) {
    for (word, bytes) in words[at..].iter_mut().zip(text.as_bytes().chunks(8)) {
        let mut eight = [0; 8];
        eight[..bytes.len()].copy_from_slice(bytes);
        *word = u64::from_ne_bytes(eight);
    }
}

/// A page with two providers, the second with calls in flight.
fn page() -> Vec<u64> {
    let mut words = vec![0; WORDS];
    words[0] = MAGIC;
    words[1] = 77;
    for (at, name) in ["memory", "crooked"].into_iter().enumerate() {
        put(&mut words, FIRST + ENTRY * at, name);
        put(&mut words, FIRST + ENTRY * at + 8, &"ab".repeat(32));
        words[FIRST + ENTRY * at + 16] = 1_000;
    }
    words[FIRST + ENTRY + 24 + Op::Deliver as usize] = 3;
    words
}

fn ended(words: &[u64]) -> Option<Ended> {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
    Words::read(&bytes).map(|words| read(&words))
}

#[test]
fn a_run_that_was_told_to_end_ended_well() {
    let mut words = page();
    words[2] = 1;
    words[3] = Cause::Signal(11).number();
    words[4] = 2;
    assert_eq!(ended(&words), Some(Ended::Well), "what happens after the end is nobody's crash");
}

#[test]
fn a_crash_is_its_providers() {
    let mut words = page();
    words[3] = Cause::Signal(11).number();
    words[4] = 2;
    words[5] = Op::Deliver as u64 + 1;
    words[6] = 1_700_000_000_000;
    words[7] = 61_000;
    let crash = Crash {
        run: 77,
        provider: "crooked".into(),
        sha256: "ab".repeat(32),
        operation: Some(Op::Deliver),
        cause: Cause::Signal(11),
        at_ms: 1_700_000_000_000,
        ran_ms: 60_000,
    };
    assert_eq!(ended(&words), Some(Ended::ByProvider(crash.clone())));
    words[5] = 0;
    assert_eq!(ended(&words), Some(Ended::ByProvider(Crash { operation: None, ..crash })));
}

#[test]
fn an_end_without_a_culprit_names_what_was_in_flight_and_blames_nobody() {
    let words = page();
    let in_flight = vec!["crooked deliver ×3".to_owned()];
    assert_eq!(ended(&words), Some(Ended::Otherwise { cause: None, in_flight: in_flight.clone() }), "killed");
    for (cause, provider) in [(Cause::Sent(11), 0), (Cause::Exit, 0), (Cause::Signal(6), 0), (Cause::Signal(6), 9_999)]
    {
        let mut words = page();
        words[3] = cause.number();
        words[4] = provider;
        let otherwise = Ended::Otherwise { cause: Some(cause), in_flight: in_flight.clone() };
        assert_eq!(ended(&words), Some(otherwise));
    }
}

#[test]
fn what_is_no_page_tells_nothing() {
    assert_eq!(ended(&[]), None);
    assert_eq!(ended(&vec![0; WORDS]), None);
    assert_eq!(ended(&page()[1..]), None);
    assert_eq!(ended(&[page(), vec![0]].concat()), None);
    let mut words = page();
    put(&mut words, FIRST + ENTRY, "\u{1b}[2J");
    words[3] = Cause::Exit.number();
    words[4] = 2;
    assert_eq!(
        ended(&words),
        Some(Ended::Otherwise { cause: Some(Cause::Exit), in_flight: Vec::new() }),
        "a name that can't be one reaches no log"
    );
}

#[test]
fn causes_are_told_apart_and_named() {
    for (cause, text) in [
        (Cause::Signal(11), "SIGSEGV (11)"),
        (Cause::Sent(6), "SIGABRT (6) from another process"),
        (Cause::Exit, "a call of exit"),
    ] {
        assert_eq!(Cause::of(cause.number()), Some(cause));
        assert_eq!(cause.to_string(), text);
    }
    assert_eq!(Cause::of(0), None);
}

proptest! {
    #[test]
    fn any_content_is_read(places in proptest::collection::vec((1..WORDS, any::<u64>()), 0..200)) {
        let mut words = page();
        for (at, word) in places {
            words[at] = word;
        }
        prop_assert!(ended(&words).is_some());
    }
}
