//! Tests of how commands become requests.

use outrigger_redis_commands::{Command, List, Words};

use super::{Step, plan};

fn set(value: Vec<u8>) -> Command<List> {
    let mut words = List::named("SET");
    words.word(b"k");
    words.word(&value);
    Command { words, body: None, key: Some("k".into()) }
}

/// Returns what the plan looks like: commands together as their number, alone as `@bytes`, refused as `!`.
fn shape(commands: &[Command<List>], request_max: usize) -> String {
    let step = |step: &Step| match step {
        Step::Together(rows) => rows.len().to_string(),
        Step::Alone { value, .. } => format!("@{}", value.len()),
        Step::Refused(_) => "!".to_owned(),
    };
    plan(commands, request_max).iter().map(step).collect::<Vec<_>>().join(" ")
}

#[test]
fn commands_share_requests_up_to_the_bounds() {
    let small = || set(b"v".to_vec());
    assert_eq!(shape(&[], 100), "");
    assert_eq!(shape(&vec![small(); 2_500], 1 << 20), "1000 1000 500");
    // `["SET","k","v"]` takes 15 bytes and a comma, all of them 2 brackets less the last comma.
    assert_eq!(shape(&vec![small(); 5], 33), "2 2 1");
    assert_eq!(shape(&vec![small(); 5], 32), "1 1 1 1 1");
    assert_eq!(shape(&vec![small(); 2], 16), "! !");
}

#[test]
fn a_large_value_goes_in_its_turn() {
    let (small, large) = (|| set(b"v".to_vec()), || set(vec![0xff; 100_000]));
    assert_eq!(shape(&[small(), small(), large(), small()], 1 << 20), "2 @100000 1");
    assert_eq!(shape(&[small(), large(), small()], 99_999), "1 ! 1");
}
