//! Which benches a command line chooses.

use super::{BENCHES, choose};

#[test]
fn no_name_means_all_and_an_unknown_one_lists_the_valid() {
    assert_eq!(choose(&[]).unwrap_or_default().len(), BENCHES.len());
    assert_eq!(choose(&["seam".to_owned()]).unwrap_or_default().len(), 1);
    let failure = choose(&["seem".to_owned()]).err().unwrap();
    assert_eq!(failure.code, 2);
    assert!(failure.message.contains("did you mean `seam`? valid: seam, journal"), "{}", failure.message);
}
