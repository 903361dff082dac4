//! What a run of a suite found, case by case.

use std::fmt;

/// What became of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The provider behaves as documented.
    Passed,
    /// It does not; the text says what was asked, answered and expected.
    Failed(String),
    /// The provider says that it lacks what the case needs; the text names it.
    Skipped(String),
    /// It failed, and the test that ran the suite lists it as a known gap with this reason.
    KnownGap(String),
}

/// What a run of a suite says on its way: a case that ends the process is then known by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<'a> {
    /// The case of this name begins.
    Begins(&'static str),
    /// It has this verdict.
    Ends(&'static str, &'a Verdict),
}

/// Is told each step of a run.
pub type Watch<'a> = &'a (dyn Fn(Progress<'_>) + Send + Sync);

/// The verdicts of a suite, in the order of its cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Name and verdict of each case.
    pub cases: Vec<(&'static str, Verdict)>,
}

impl Report {
    /// Returns the cases that failed, with their texts.
    pub fn failures(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.cases.iter().filter_map(|(name, verdict)| match verdict {
            Verdict::Failed(text) => Some((*name, text.as_str())),
            _ => None,
        })
    }

    /// Returns how many cases passed.
    pub fn passed(&self) -> usize {
        self.cases.iter().filter(|(_, verdict)| *verdict == Verdict::Passed).count()
    }

    /// Prints the table, for whoever reads the test's output.
    ///
    /// # Panics
    /// Where a case failed; the text lists each.
    #[expect(clippy::panic, clippy::print_stdout, reason = "the end of a test, whose output is read by people")]
    pub fn assert_ok(&self) {
        println!("{self}");
        let failures: Vec<String> = self.failures().map(|(name, text)| format!("{name}: {text}")).collect();
        if !failures.is_empty() {
            panic!("{} of {} cases failed:\n  {}", failures.len(), self.cases.len(), failures.join("\n  "));
        }
    }

    /// Settles the verdict of one case against the list of known gaps, where an unexpected pass fails.
    pub(crate) fn settle(verdict: Verdict, gap: Option<&str>) -> Verdict {
        match (verdict, gap) {
            (Verdict::Failed(_), Some(reason)) => Verdict::KnownGap(reason.to_owned()),
            (Verdict::Passed, Some(reason)) => {
                Verdict::Failed(format!("passes, but is listed as a known gap ({reason}): remove it from the list"))
            }
            (verdict, _) => verdict,
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.cases.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, verdict) in &self.cases {
            match verdict {
                Verdict::Passed => writeln!(f, "{name:width$}  ok")?,
                Verdict::Failed(text) => writeln!(f, "{name:width$}  FAILED   {text}")?,
                Verdict::Skipped(what) => writeln!(f, "{name:width$}  skipped  the provider can't {what}")?,
                Verdict::KnownGap(reason) => writeln!(f, "{name:width$}  gap      {reason}")?,
            }
        }
        write!(f, "{} passed of {}", self.passed(), self.cases.len())
    }
}
