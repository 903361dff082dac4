//! What came of each case.

use super::{Case, Stop};
use crate::conformance::Verdict;

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider does what it has to.
    Passed,
    /// It does not, and says how.
    Failed(String),
    /// It does not, as listed.
    KnownGap(&'static str),
    /// There is nothing to check, and why.
    NotApplicable(&'static str),
}

impl From<Outcome> for Verdict {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Passed => Self::Passed,
            Outcome::Failed(how) => Self::Failed(how),
            Outcome::KnownGap(reason) => Self::KnownGap(reason.to_owned()),
            Outcome::NotApplicable(why) => Self::Skipped(why.to_owned()),
        }
    }
}

/// The outcomes in the order the cases ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Each case's name and outcome.
    pub cases: Vec<(&'static str, Outcome)>,
    gaps: &'static [(&'static str, &'static str)],
}

impl Report {
    pub(super) const fn new(gaps: &'static [(&'static str, &'static str)]) -> Self {
        Self { cases: Vec::new(), gaps }
    }

    /// Adds a case and returns how it is judged.
    pub(super) fn add(&mut self, name: &'static str, case: Case) -> Outcome {
        let gap = self.gaps.iter().find(|(gap, _)| *gap == name).map(|(_, reason)| *reason);
        let outcome = match (case, gap) {
            (Ok(()), None) => Outcome::Passed,
            (Ok(()), Some(_)) => Outcome::Failed("is listed as a known gap but passes: strike it".to_owned()),
            (Err(Stop::Failed(_)), Some(reason)) => Outcome::KnownGap(reason),
            (Err(Stop::Failed(how)), None) => Outcome::Failed(how),
            (Err(Stop::NotApplicable(why)), _) => Outcome::NotApplicable(why),
        };
        self.cases.push((name, outcome.clone()));
        outcome
    }

    /// Returns each failure as `case: how`. A gap that names no case is one.
    pub fn failures(&self) -> Vec<String> {
        let failed = self.cases.iter().filter_map(|(name, outcome)| match outcome {
            Outcome::Failed(how) => Some(format!("{name}: {how}")),
            _ => None,
        });
        let strange = self.gaps.iter().filter(|(gap, _)| !self.cases.iter().any(|(name, _)| name == gap));
        failed.chain(strange.map(|(gap, _)| format!("{gap}: a known gap of a case that does not exist"))).collect()
    }

    /// Returns how a case ended.
    pub fn outcome(&self, name: &str) -> Option<&Outcome> {
        self.cases.iter().find(|(case, _)| *case == name).map(|(_, outcome)| outcome)
    }

    /// Passes where every case did, or failed as listed.
    ///
    /// # Panics
    /// With all failures in the text: it is the end of a test.
    #[expect(clippy::panic, reason = "the end of a test")]
    #[track_caller]
    pub fn assert_ok(&self) {
        let failures = self.failures();
        if !failures.is_empty() {
            panic!("{} of {} cases failed:\n  {}", failures.len(), self.cases.len(), failures.join("\n  "));
        }
    }
}
