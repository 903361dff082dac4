//! Tests of the suite itself: that it tells what it should.

use super::{Report, Verdict};

#[test]
fn a_known_gap_that_passes_fails() {
    let failed = || Verdict::Failed("x".to_owned());
    assert_eq!(Report::settle(failed(), Some("why")), Verdict::KnownGap("why".to_owned()));
    assert_eq!(Report::settle(failed(), None), failed());
    assert!(matches!(Report::settle(Verdict::Passed, Some("why")), Verdict::Failed(_)));
    let skipped = Verdict::Skipped("scan".to_owned());
    assert_eq!(Report::settle(skipped.clone(), Some("why")), skipped);
}

#[test]
fn every_case_has_its_own_name() {
    let names: Vec<_> = super::cache::names().collect();
    let distinct: std::collections::BTreeSet<_> = names.iter().collect();
    assert_eq!(distinct.len(), names.len());
}
