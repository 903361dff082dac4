//! The names of what a manifest's capability bits say, for people.

use super::{Kind, Manifest};
use crate::sdk::{analytics, monitoring, sink::Sorts};

/// Cache operations and abilities by bit.
const CACHE: [(u16, &str); 26] = [
    (1, "get"),
    (2, "set"),
    (3, "delete"),
    (4, "exists"),
    (5, "ttl"),
    (6, "expire"),
    (7, "persist"),
    (8, "increment"),
    (9, "increment float"),
    (10, "append"),
    (11, "compare and set"),
    (12, "compare and delete"),
    (13, "compare and expire"),
    (14, "get and delete"),
    (15, "get and touch"),
    (16, "length"),
    (17, "get range"),
    (18, "set range"),
    (19, "rename"),
    (20, "copy"),
    (21, "random key"),
    (22, "token"),
    (48, "atomic groups"),
    (49, "scan"),
    (50, "clear"),
    (51, "size"),
];

/// Monitoring's sorts of record by number.
const MONITORING: [(u16, &str); 6] = [
    (monitoring::sort::ERROR, "error"),
    (monitoring::sort::EVENT, "event"),
    (monitoring::sort::LOG, "log"),
    (monitoring::sort::SPAN, "span"),
    (monitoring::sort::CHECK_IN, "check-in"),
    (monitoring::sort::SESSION, "session"),
];

/// Analytics' sorts of record by number.
const ANALYTICS: [(u16, &str); 6] = [
    (analytics::sort::TRACK, "track"),
    (analytics::sort::IDENTIFY, "identify"),
    (analytics::sort::PAGE, "page"),
    (analytics::sort::SCREEN, "screen"),
    (analytics::sort::GROUP, "group"),
    (analytics::sort::ALIAS, "alias"),
];

impl Manifest {
    /// Returns what the plugin can do and what it lacks of its kind, by name. Bits of later versions have no name here.
    pub fn capability_names(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        let known: &[(u16, &str)] = match self.kinds.first() {
            Some(Kind::Cache) => &CACHE,
            Some(Kind::Monitoring) => &MONITORING,
            Some(Kind::Analytics) => &ANALYTICS,
            None => &[],
        };
        let mut can = Vec::new();
        let mut lacks = Vec::new();
        for (bit, name) in known {
            let has = self.capabilities & 1_u64.checked_shl(u32::from(*bit)).unwrap_or(0) != 0;
            if has { can.push(*name) } else { lacks.push(*name) }
        }
        if self.kinds.first() == Some(&Kind::Analytics) {
            let queries = Sorts(self.capabilities).answers_queries();
            if queries { can.push("queries") } else { lacks.push("queries") }
        }
        (can, lacks)
    }
}
