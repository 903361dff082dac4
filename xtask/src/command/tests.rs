//! What the command line answers.

use super::{COMMANDS, dispatch, listing, takes_no_arguments};

#[test]
fn every_command_is_listed_with_a_sentence() {
    for command in COMMANDS {
        assert!(listing().contains(&format!("\n  {}", command.name)), "{}", command.name);
        assert!(command.about.ends_with('.'), "{}", command.name);
    }
}

#[test]
fn an_unknown_command_is_a_usage_error_that_names_the_nearest() {
    let failure = dispatch(&["tets".to_owned()]).unwrap_err();
    assert_eq!(failure.code, 2);
    assert!(failure.message.contains("did you mean `test`?"), "{}", failure.message);
    assert!(failure.message.contains("run, dist, test, tidy, ci, bench"), "{}", failure.message);
}

#[test]
fn arguments_are_refused_where_none_are_read() {
    assert_eq!(takes_no_arguments("tidy", &[]), Ok(()));
    assert_eq!(takes_no_arguments("tidy", &["x".to_owned()]).unwrap_err().code, 2);
}
