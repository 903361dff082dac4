//! Counts who came back, in one pass: of each person one word, with a bit for each period.

use outrigger_plugin_api::sdk::analytics::query::{Cohort, RETENTION_PERIODS_MAX, RetentionAnswer};

use crate::Buckets;

// One bit a period.
const _: () = assert!(RETENTION_PERIODS_MAX <= 64);

/// A retention, fed person by person and by time.
#[derive(Debug)]
pub struct Retention {
    periods: Buckets,
    person: Option<u64>,
    /// When the person began, and in which period.
    began: Option<(u64, usize)>,
    /// Bit N: came back N periods after.
    back: u64,
    /// By period: how many began; by the distance, how many came back.
    cohorts: Vec<(u64, Vec<u64>)>,
}

impl Retention {
    /// Begins. There must be at most [`RETENTION_PERIODS_MAX`] periods; later ones are not counted.
    pub fn new(periods: Buckets) -> Self {
        let count = periods.starts().len();
        let cohorts = (0..count).map(|period| (0, vec![0; count - period])).collect();
        Self { periods, person: None, began: None, back: 0, cohorts }
    }

    /// Takes one event of a person, and whether it is one to begin with, one to come back with, or both. Events that are
    /// neither need not come.
    pub fn event(&mut self, person: u64, ms: u64, first: bool, back: bool) {
        if self.person != Some(person) {
            self.end_person();
            self.person = Some(person);
        }
        let Some(period) = self.periods.find(ms) else { return };
        match self.began {
            None if first => self.began = Some((ms, period)),
            // At a later millisecond: of two events at once none comes after the other.
            Some((began, cohort)) if back && ms > began => {
                self.back |= u32::try_from(period - cohort).ok().and_then(|bit| 1_u64.checked_shl(bit)).unwrap_or(0);
            }
            _ => {}
        }
    }

    fn end_person(&mut self) {
        let (began, back) = (self.began.take(), std::mem::take(&mut self.back));
        let cohort = began.and_then(|(_, cohort)| self.cohorts.get_mut(cohort));
        let Some((people, returned)) = cohort else { return };
        *people += 1;
        for (distance, count) in (0_u32..).zip(returned) {
            *count += back.checked_shr(distance).unwrap_or(0) & 1;
        }
    }

    /// Returns the answer.
    pub fn finish(mut self) -> RetentionAnswer {
        self.end_person();
        let starts = self.periods.starts().iter().copied();
        let cohorts = starts.zip(self.cohorts).map(|(start_ms, (people, returned))| {
            let start = self.periods.label(start_ms);
            Cohort { start_ms, start, people, returned }
        });
        RetentionAnswer { cohorts: cohorts.collect() }
    }
}

#[cfg(test)]
mod tests;
