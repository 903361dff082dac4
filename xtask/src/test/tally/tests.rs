//! What counts as a test that ran.

use super::Tally;

#[test]
fn closing_lines_add_up_and_other_lines_do_not_count() {
    let mut tally = Tally::default();
    for line in [
        "running 9 tests\n",
        "test a ... ok\n",
        "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
        "test result: FAILED. 2 passed; 4 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
    ] {
        tally.read(line);
    }
    assert_eq!(tally, Tally { passed: 5, failed: 4, binaries: 2 });
    assert_eq!(tally.to_string(), "5 tests passed, 4 failed, in 2 binaries");
}

#[test]
fn a_run_whose_tests_were_all_filtered_out_ran_none() {
    let mut tally = Tally::default();
    tally.read("test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 7 filtered out; finished in 0.00s");
    assert_eq!(tally.ran(), 0);
}
