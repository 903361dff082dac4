//! Month starts around leap days, year ends and before 1970.

use super::*;

#[test]
fn a_month_starts_at_its_first_millisecond() {
    for (ts, expected) in [
        (0, 0),
        (1_795_392_000_123, 1_793_491_200_000), // 2026-11-23 -> 2026-11-01
        (1_793_491_200_000, 1_793_491_200_000), // the first millisecond itself
        (1_793_491_199_999, 1_790_812_800_000), // the last of October -> 2026-10-01
        (1_709_208_000_000, 1_706_745_600_000), // 2024-02-29 -> 2024-02-01
        (1_767_225_599_999, 1_764_547_200_000), // 2025-12-31 -> 2025-12-01
        (-1, -2_678_400_000),                   // 1969-12-31 -> 1969-12-01
    ] {
        assert_eq!(start(ts), expected, "{ts}");
    }
}
