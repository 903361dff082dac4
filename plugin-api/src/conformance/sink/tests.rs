//! The suite itself: a provider that keeps the rules passes, each way to break one is seen.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use super::*;

/// How a provider misbehaves.
#[derive(Clone, Copy, PartialEq)]
enum Fault {
    None,
    VerdictMissing,
    VerdictsSwapped,
    Doubles,
    Reorders,
    Panics,
    TakesAfterShutdown,
}

/// Keeps what it is given, by the rules but for one fault.
struct Model {
    fault: Fault,
    stored: Arc<Mutex<Vec<Uuid>>>,
    ended: AtomicBool,
}

impl Subject for Model {
    fn promise(&self) -> Promise {
        let batch = BatchLimits { count_max: 50, bytes_max: 1 << 16 };
        Promise { kind: Kind::Analytics, sorts: Sorts::of(&[1, 2]), batch, idempotency: Idempotency::Full }
    }

    async fn deliver(&self, _: Call, batch: Vec<RawRecord>) -> Result<Vec<Verdict>, ProviderError> {
        if self.ended.load(Ordering::Relaxed) && self.fault != Fault::TakesAfterShutdown {
            return Err(ProviderError::unavailable("shut down"));
        }
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        let mut verdicts = Vec::new();
        for record in batch {
            let body = serde_json::from_slice::<crate::sdk::analytics::Event>(&record.body);
            verdicts.push(match body {
                _ if !self.promise().sorts.has(record.sort) => Verdict::Unsupported,
                Err(error) => Verdict::Rejected(error.to_string()),
                Ok(_) if self.fault == Fault::Panics && record.body.len() > TEXT_PANICS => {
                    return Err(ProviderError::new(crate::sdk::ErrorKind::Panicked, "index out of bounds"));
                }
                Ok(_) => {
                    if self.fault == Fault::Doubles || !stored.contains(&record.id) {
                        let at = if self.fault == Fault::Reorders { 0 } else { stored.len() };
                        stored.insert(at, record.id);
                    }
                    Verdict::Delivered
                }
            });
        }
        match self.fault {
            Fault::VerdictMissing if verdicts.len() > 1 => drop(verdicts.pop()),
            Fault::VerdictsSwapped => verdicts.reverse(),
            _ => {}
        }
        Ok(verdicts)
    }

    async fn query(&self, _: Call, _: serde_json::Value) -> Result<serde_json::Value, ProviderError> {
        Err(ProviderError::unsupported("answer queries"))
    }

    async fn health(&self, _: Call) -> Result<Health, ProviderError> {
        Ok(Health::Serving)
    }

    async fn flush(&self, _: Call) -> Result<(), ProviderError> {
        Ok(())
    }

    async fn shutdown(&self, _: Call) -> Result<(), ProviderError> {
        self.ended.store(true, Ordering::Relaxed);
        Ok(())
    }
}

const TEXT_PANICS: usize = 100_000;

fn report(fault: Fault, options: Options) -> Report {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(run(
        async move || {
            let stored = Arc::<Mutex<Vec<Uuid>>>::default();
            let model = Model { fault, stored: stored.clone(), ended: AtomicBool::new(false) };
            Ok(Fixture::new(model).recorded(move || std::future::ready(stored.lock().unwrap().clone())))
        },
        options,
    ))
}

#[test]
fn a_provider_that_keeps_the_rules_passes() {
    let report = report(Fault::None, Options::default());
    report.assert_ok();
    assert!(report.cases.iter().all(|(_, outcome)| *outcome == Outcome::Passed), "{report:#?}");
}

#[test]
fn each_fault_fails_the_case_that_is_about_it() {
    for (fault, case) in [
        (Fault::VerdictMissing, "mixed_batch_gets_verdicts_in_place"),
        (Fault::VerdictsSwapped, "mixed_batch_gets_verdicts_in_place"),
        (Fault::Doubles, "repeat_is_recorded_once"),
        (Fault::Reorders, "order_is_kept"),
        (Fault::Panics, "large_text_is_harmless"),
        (Fault::TakesAfterShutdown, "deliver_after_shutdown_is_an_error"),
    ] {
        let report = report(fault, Options::default());
        assert!(matches!(report.outcome(case), Some(Outcome::Failed(_))), "{case}: {report:#?}");
        assert!(!report.failures().is_empty());
    }
}

#[test]
fn known_gaps_are_forgiven_and_struck_once_closed() {
    let gaps = Options { known_gaps: &[("order_is_kept", "the vendor sorts by time")] };
    assert_eq!(
        report(Fault::Reorders, gaps).outcome("order_is_kept"),
        Some(&Outcome::KnownGap("the vendor sorts by time"))
    );
    let failures = report(Fault::None, gaps).failures();
    assert_eq!(failures, ["order_is_kept: is listed as a known gap but passes: strike it"]);
    let strange = Options { known_gaps: &[("no_such_case", "")] };
    assert_eq!(report(Fault::None, strange).failures(), ["no_such_case: a known gap of a case that does not exist"]);
}
