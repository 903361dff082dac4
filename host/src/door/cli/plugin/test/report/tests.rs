//! Tests of the table.

use super::*;

fn report(ended: &[Ended], complete: bool) -> Report {
    let row = |(number, ended): (usize, &Ended)| Row { case: format!("case_{number}"), ended: ended.clone() };
    Report { cases: ended.iter().enumerate().map(row).collect(), last_words: Vec::new(), complete }
}

#[test]
fn a_report_is_good_only_where_all_ran_and_none_failed() {
    let skipped = Ended::NotSupported("Scan".into());
    assert!(report(&[Ended::Passed, skipped.clone()], true).ok());
    assert!(!report(&[Ended::Passed], false).ok());
    for bad in [Ended::Failed("x".into()), Ended::Crashed("x".into()), Ended::Hung("x".into())] {
        assert!(!report(&[Ended::Passed, bad], true).ok());
    }
}

#[test]
fn the_table_names_each_case_and_moves_no_cursor() {
    let mut report = report(
        &[Ended::Passed, Ended::NotSupported("Scan".into()), Ended::Crashed("signal 11\u{1b}[2J".into())],
        false,
    );
    report.last_words = vec!["boom".into()];
    let expected = "CASE    RESULT         WHY
case_0  pass
case_1  not supported  Scan
case_2  CRASHED        signal 11\\u{1b}[2J

What it printed last:
  boom

1 of 2 cases passed, 1 need what the plugin does not declare; the cases after the last one did not run";
    assert_eq!(report.text(), expected);
    let json = report.json(Path::new("x.so"), "cache_x 1.0.0");
    assert_eq!(json["cases"][1], json!({ "case": "case_1", "outcome": "not_supported", "why": "Scan" }));
    assert_eq!((&json["passed"], &json["failed"], &json["ok"]), (&json!(1), &json!(1), &json!(false)));
}
