//! Checks that a decision depends on the id alone and keeps the rate.

use uuid::Uuid;

use super::{Sampling, chosen};
use crate::Settings;

#[test]
fn the_part_chosen_is_the_rate_even_of_ids_that_follow_each_other() {
    let id = |number: u128| *Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number).as_bytes();
    for rate in [0.0, 0.1, 0.5, 1.0] {
        let chosen = (0..10_000).filter(|number| chosen(&id(*number), rate)).count();
        // Five standard deviations of a fair draw.
        let (expected, spread) = (10_000.0 * rate, 5.0 * (10_000.0 * rate * (1.0 - rate)).sqrt());
        assert!((chosen as f64 - expected).abs() <= spread, "{chosen} of 10000 at {rate}");
    }
    assert_eq!(chosen(&id(7), 0.3), chosen(&id(7), 0.3));
}

#[test]
fn a_rate_out_of_range_is_refused_by_name() {
    let settings = Settings {
        dsn: String::new(),
        release: None,
        environment: None,
        server_name: None,
        sample_rate: 1.0,
        traces_sample_rate: f64::NAN,
    };
    let error = Sampling::of(&settings).unwrap_err();
    assert_eq!(error.message, "traces-sample-rate must be between 0 and 1, not NaN");
}
