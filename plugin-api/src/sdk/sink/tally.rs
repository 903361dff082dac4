//! Gathers the verdicts of a batch that goes out in several requests, so that a failed one makes nothing be sent twice.

use std::time::Duration;

use super::Verdict;
use crate::sdk::{ErrorKind, ProviderError};

/// What is known of one record.
#[derive(Debug, Clone)]
enum Mark {
    /// Nothing was sent.
    Open,
    /// The provider decided without the backend.
    Own(Verdict),
    /// The backend answered.
    Answered(Verdict),
    /// It was in a request that failed, with what that makes of it.
    Failed(Verdict),
}

/// The verdicts of a batch while its requests go out, and why they stopped, if they did.
///
/// ```
/// # use outrigger_plugin_api::sdk::{ProviderError, sink::{Tally, Verdict}};
/// let mut tally = Tally::of(3);
/// tally.answer(0, Verdict::Delivered);
/// tally.stop([1], ProviderError::unavailable("answered 503"));
/// let retry = |reason: &str| Verdict::Retry { after: None, reason: reason.to_owned() };
/// let not_sent = retry("not sent, because the request before it failed: answered 503");
/// assert_eq!(tally.finish(), Ok(vec![Verdict::Delivered, retry("answered 503"), not_sent]));
/// ```
#[derive(Debug)]
pub struct Tally {
    marks: Vec<Mark>,
    stopped: Option<ProviderError>,
}

impl Tally {
    /// Returns the tally of so many records, of which nothing is known.
    pub fn of(records: usize) -> Self {
        Self { marks: vec![Mark::Open; records], stopped: None }
    }

    /// Converts each record of a batch, which is told its place. Returns what they became, and the tally of all of them, in
    /// which those that can't be sent are decided.
    pub fn converting<R, P>(
        records: impl IntoIterator<Item = R, IntoIter: ExactSizeIterator>,
        mut convert: impl FnMut(usize, R) -> Result<P, Verdict>,
    ) -> (Self, Vec<P>) {
        let records = records.into_iter();
        let (mut tally, mut converted) = (Self::of(records.len()), Vec::with_capacity(records.len()));
        for (place, record) in records.enumerate() {
            match convert(place, record) {
                Ok(piece) => converted.push(piece),
                Err(verdict) => tally.decide(place, verdict),
            }
        }
        (tally, converted)
    }

    /// Notes what the provider decided of a record without asking the backend.
    pub fn decide(&mut self, record: usize, verdict: Verdict) {
        self.mark(record, Mark::Own(verdict));
    }

    /// Notes what the backend said of a record. Of a record that went out as several events the worst is kept.
    pub fn answer(&mut self, record: usize, verdict: Verdict) {
        let taken = matches!(verdict, Verdict::Delivered | Verdict::AcceptedUnverified);
        match self.marks.get(record) {
            Some(Mark::Own(_) | Mark::Answered(_) | Mark::Failed(_)) if taken => {}
            _ => self.mark(record, Mark::Answered(verdict)),
        }
    }

    /// Notes that the request with these records failed as a whole, and that no further one is worth sending. The
    /// first such error counts, where several requests were under way.
    pub fn stop(&mut self, records: impl IntoIterator<Item = usize>, error: ProviderError) {
        for record in records {
            self.mark(record, Mark::Failed(failed(&error)));
        }
        self.stopped.get_or_insert(error);
    }

    /// Notes that an event of a record was not sent, so that what was said of another one does not end the record.
    pub fn reopen(&mut self, record: usize) {
        if let Some(Mark::Answered(Verdict::Delivered | Verdict::AcceptedUnverified)) = self.marks.get(record) {
            self.mark(record, Mark::Open);
        }
    }

    /// Tells whether a request failed as a whole.
    pub const fn is_stopped(&self) -> bool {
        self.stopped.is_some()
    }

    /// Returns a verdict for each record. What was not sent, because time was over or a request failed, is a retry; what
    /// was in a request without an answer is ambiguous.
    ///
    /// # Errors
    /// The error that stopped the batch where the backend answered nothing else, so that the host pauses the
    /// provider. After a time-out only if the failed request held the whole batch: of the rest it is known that nobody has
    /// it.
    pub fn finish(self) -> Result<Vec<Verdict>, ProviderError> {
        let Some(error) = self.stopped else {
            return Ok(verdicts(self.marks, None, "not sent: the call's time was over"));
        };
        let unknown = error.kind == ErrorKind::Timeout;
        let alike = |mark: &Mark| match mark {
            Mark::Answered(_) => false,
            // Of several requests under way some may have been refused and others lost.
            Mark::Failed(verdict) => matches!(verdict, Verdict::Ambiguous(_)) == unknown,
            Mark::Open | Mark::Own(_) => !unknown,
        };
        if self.marks.iter().all(alike) {
            return Err(error);
        }
        let reason = format!("not sent, because the request before it failed: {}", error.message);
        Ok(verdicts(self.marks, error.retry_after, &reason))
    }

    fn mark(&mut self, record: usize, mark: Mark) {
        if let Some(place) = self.marks.get_mut(record) {
            *place = mark;
        }
    }
}

/// Returns what a failed request makes of its records.
fn failed(error: &ProviderError) -> Verdict {
    let reason = error.message.clone();
    match error.kind {
        ErrorKind::Timeout => Verdict::Ambiguous(reason),
        _ => Verdict::Retry { after: error.retry_after, reason },
    }
}

fn verdicts(marks: Vec<Mark>, after: Option<Duration>, reason: &str) -> Vec<Verdict> {
    let verdict = |mark| match mark {
        Mark::Own(verdict) | Mark::Answered(verdict) | Mark::Failed(verdict) => verdict,
        Mark::Open => Verdict::Retry { after, reason: reason.to_owned() },
    };
    marks.into_iter().map(verdict).collect()
}

#[cfg(test)]
mod tests;
