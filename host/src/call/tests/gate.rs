//! Places, deadlines, and what of them is held against the provider.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use outrigger_plugin_api::{
    abi::{AbiError, ErrorCode, FfiFuture, Outcome, RResult, Res, async_ffi::FutureExt},
    manifest::Kind,
};

use super::eventually;
use crate::{
    call::{BreakerState, CallError, Gate},
    config::{Breaker, Delivery, ProviderConfig},
    crash::Op,
    diagnostic::Origin,
};

/// Which operation it is does not matter to a gate.
const OP: Op = Op::Run;

/// A call's deadline: long enough that a busy machine keeps the order of events a quarter of it apart.
const TIMEOUT: Duration = Duration::from_millis(400);

/// Returns a gate with one place, whose breaker opens after `failures` and stays open.
fn gate(failures: u32) -> Gate {
    let config = ProviderConfig {
        name: "provider".into(),
        kind: Kind::Cache,
        plugin: "cache_provider".into(),
        file: "libcache_provider.so".into(),
        required: true,
        settings: serde_json::json!({}),
        secret_paths: Vec::new(),
        timeout: TIMEOUT,
        start_timeout: TIMEOUT,
        concurrency: 1,
        breaker: Breaker { failures, open_for: Duration::from_secs(600) },
        delivery: Delivery::default(),
        selected_by: Origin::Default,
    };
    Gate::new(&config, None)
}

/// A provider that answers after this time.
fn answers_after(wait: Duration) -> FfiFuture<Res<u8>> {
    async move {
        tokio::time::sleep(wait).await;
        RResult::ROk(7)
    }
    .into_ffi()
}

fn hangs() -> FfiFuture<Res<u8>> {
    std::future::pending().into_ffi()
}

fn code<T: std::fmt::Debug>(result: Result<T, CallError>) -> &'static str {
    result.unwrap_err().code()
}

#[tokio::test]
async fn a_ready_answer_takes_no_place_and_a_ready_error_counts() {
    let gate = gate(2);
    assert_eq!(gate.finish(OP, Outcome::ok(7)).await, Ok(7));
    assert_eq!(gate.in_flight(), 0);
    for _ in 0..2 {
        assert_eq!(gate.admit(), Ok(()));
        let error = Outcome::<u8>::error(AbiError::new(ErrorCode::UNAVAILABLE, String::from("down")));
        assert_eq!(code(gate.finish(OP, error).await), "provider.unavailable");
    }
    assert_eq!(code(gate.admit()), "call.breaker_open");
    assert_eq!(gate.failed.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_call_without_a_place_is_overloaded_and_was_not_sent() {
    let (gate, sent) = (gate(2), Arc::new(AtomicBool::new(false)));
    let second = {
        let sent = sent.clone();
        async move {
            sent.store(true, Ordering::Relaxed);
            RResult::<u8, AbiError>::ROk(7)
        }
    };
    // In this order: the first takes the place.
    let (first, second) = tokio::join!(gate.wait(OP, hangs()), gate.wait(OP, second.into_ffi()));
    assert_eq!(code(first), "call.deadline");
    let CallError::Overloaded { limit, after, .. } = second.unwrap_err() else { unreachable!("it had no place") };
    assert_eq!((limit, after), (1, TIMEOUT / 2));
    assert!(!sent.load(Ordering::Relaxed), "what is overloaded may be repeated without harm");
    assert_eq!(gate.breaker.state(), BreakerState::Closed, "only the first call speaks of the provider");
    assert_eq!(gate.in_flight(), 0);
}

#[tokio::test]
async fn time_in_the_queue_is_not_held_against_a_provider_that_answers() {
    let gate = gate(1);
    let (first, second) = tokio::join!(gate.wait(OP, answers_after(TIMEOUT / 4)), gate.wait(OP, hangs()));
    assert_eq!(first, Ok(7));
    assert_eq!(code(second), "call.deadline");
    assert_eq!(gate.breaker.state(), BreakerState::Closed, "the second call was with the provider for a part only");
}

#[tokio::test]
async fn a_provider_that_answers_nobody_is_left_alone_even_where_calls_queued() {
    let gate = gate(2);
    let later = async {
        tokio::time::sleep(TIMEOUT * 3 / 4).await;
        gate.wait(OP, hangs()).await
    };
    let (first, second) = tokio::join!(gate.wait(OP, hangs()), later);
    assert_eq!((code(first), code(second)), ("call.deadline", "call.deadline"));
    assert_eq!(code(gate.admit()), "call.breaker_open");
}

#[tokio::test]
async fn the_providers_own_error_is_not_the_deadline() {
    let gate = gate(1);
    let error = AbiError::new(ErrorCode::TIMEOUT, String::from("the backend is slow"));
    let early = async move { RResult::<u8, AbiError>::RErr(error) }.into_ffi();
    assert_eq!(code(gate.wait(OP, early).await), "provider.timeout");
    assert_eq!(code(gate.admit()), "call.breaker_open");
}

#[tokio::test]
async fn a_dropped_call_aborts_the_providers_work_and_frees_its_place() {
    /// Tells of its end.
    struct Work(Arc<AtomicBool>);
    impl Drop for Work {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let (gate, aborted) = (Arc::new(gate(1)), Arc::new(AtomicBool::new(false)));
    let work = Work(aborted.clone());
    let call = {
        let gate = gate.clone();
        let future = async move {
            let _work = work;
            std::future::pending::<Res<u8>>().await
        };
        tokio::spawn(async move { gate.wait(OP, future.into_ffi()).await })
    };
    eventually("the call is in flight", || gate.in_flight() == 1).await;
    assert!(!aborted.load(Ordering::Relaxed));
    call.abort();
    eventually("the work is aborted", || aborted.load(Ordering::Relaxed)).await;
    eventually("the place is free", || gate.in_flight() == 0).await;
    assert_eq!(gate.breaker.state(), BreakerState::Closed, "a caller that goes away says nothing of the provider");
}
