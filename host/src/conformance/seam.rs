//! What a host does to any plugin sooner or later: calls that run out of time, calls given up, and ends that come twice
//! or in the middle. Each case gets a provider of its own.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use outrigger_plugin_api::{
    abi::{RSlice, wire},
    conformance::{
        Progress, Report, Verdict, Watch,
        sink::{Promise, sample},
    },
    sdk::{Bytes, Call, ErrorKind, ProviderError, cache::Op, sink},
};

use crate::{
    call::finish,
    crash::{self, Crumb},
    plugin::{Api, Provider, Slot},
};

/// The cases, in the order they run.
pub const NAMES: [&str; 6] = [
    "a_call_past_its_deadline_ends",
    "cancelled_calls_leave_it_serving",
    "flush_twice_is_fine",
    "a_shutdown_in_flight_ends_every_call",
    "shutting_down_twice_is_fine",
    "calls_after_the_shutdown_are_answered",
];

/// How long anything may take that has to happen: a hundred times what a local backend needs.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many calls are under way at once.
const CALLS: u32 = 32;

type Checked = Result<(), String>;

/// Runs every case, each over a provider that `start` makes, and tells `watch` each step.
pub async fn run(start: impl AsyncFn() -> Arc<Slot>, watch: Watch<'_>) -> Report {
    let mut report = Report { cases: Vec::new() };
    for name in NAMES {
        watch(Progress::Begins(name));
        let slot = start().await;
        let checked = match slot.running() {
            Ok(provider) => one(name, provider).await,
            Err(error) => Err(format!("could not start: {error}")),
        };
        let verdict = checked.map_or_else(Verdict::Failed, |()| Verdict::Passed);
        watch(Progress::Ends(name, &verdict));
        report.cases.push((name, verdict));
    }
    report
}

async fn one(name: &str, provider: &Arc<Provider>) -> Checked {
    match name {
        "a_call_past_its_deadline_ends" => deadlines(provider).await,
        "cancelled_calls_leave_it_serving" => cancelled(provider).await,
        "flush_twice_is_fine" => {
            serves(provider).await?;
            in_time("the first flush", provider.flush(Call::unbounded())).await?;
            in_time("the second flush", provider.flush(Call::unbounded())).await?;
            serves(provider).await
        }
        "a_shutdown_in_flight_ends_every_call" => in_flight(provider).await,
        "shutting_down_twice_is_fine" => {
            in_time("the first shutdown", provider.shutdown(Call::unbounded())).await?;
            in_time("the second shutdown", provider.shutdown(Call::unbounded())).await
        }
        _ => after_shutdown(provider).await,
    }
}

async fn deadlines(provider: &Provider) -> Checked {
    for budget_us in [1, 10, 100, 1000] {
        let call = Call::within(Duration::from_micros(budget_us));
        for _ in 0..CALLS / 4 {
            survived("a call", in_patience("a call past its deadline", ask(provider, call)).await?)?;
        }
    }
    serves(provider).await
}

async fn cancelled(provider: &Provider) -> Checked {
    for number in 0..CALLS {
        let mut call = pin!(ask(provider, Call::unbounded()));
        // Dropped unpolled, after the first poll, and after several: each leaves the work at another place.
        for _ in 0..number % 4 {
            if poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_ready())).await {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    serves(provider).await
}

async fn in_flight(provider: &Arc<Provider>) -> Checked {
    let calls: Vec<_> = (0..CALLS).map(|_| tokio::spawn(until_refused(provider.clone()))).collect();
    tokio::task::yield_now().await;
    let ended = in_time("the shutdown", provider.shutdown(Call::unbounded())).await;
    for call in calls {
        let answer = in_patience("a call that was in flight", call).await?;
        survived("a call in flight", answer.map_err(|error| format!("a call in flight panicked: {error}"))?)?;
    }
    ended
}

/// Calls again and again, so that the shutdown meets calls in every phase; a cache may answer even after it.
async fn until_refused(provider: Arc<Provider>) -> Result<bool, ProviderError> {
    let mut answer = Ok(true);
    for _ in 0..CALLS {
        answer = ask(&provider, Call::unbounded()).await;
        if answer.is_err() {
            break;
        }
        tokio::task::yield_now().await;
    }
    answer
}

async fn after_shutdown(provider: &Provider) -> Checked {
    in_time("the shutdown", provider.shutdown(Call::unbounded())).await?;
    let answer = in_patience("a call after the shutdown", ask(provider, Call::unbounded())).await?;
    let taken = matches!(answer, Ok(true)) && matches!(provider.api, Api::Sink(_));
    survived("a call", answer)?;
    survived("the health", in_patience("the health", provider.health(Call::unbounded())).await?.map(|_| true))?;
    survived("a flush", in_patience("a flush", provider.flush(Call::unbounded())).await?.map(|()| true))?;
    if taken { Err("a record was called delivered after the shutdown".to_owned()) } else { Ok(()) }
}

/// Makes the smallest call of the provider's kind and tells whether it did what it is for.
async fn ask(provider: &Provider, call: Call) -> Result<bool, ProviderError> {
    let (frame, crumb) = ((&call).into(), Crumb::of(&provider.name));
    match &provider.api {
        Api::Cache(cache) => {
            let op = Op::Get { key: Bytes::from_static(b"outrigger plugin test: never written") };
            let mark = crumb.op(crash::Op::Run);
            let outcome = mark.during(|| cache.run(&frame, &wire::encode_op(&op)));
            finish(mark, call.budget, outcome).await.and_then(wire::decode_reply).map(|_| true)
        }
        Api::Sink(table) => {
            let record = sample(&Promise::of(&provider.manifest)?, "outrigger plugin test");
            let mark = crumb.op(crash::Op::Deliver);
            let outcome = mark.during(|| table.deliver(&frame, RSlice::from_slice(&[record.view()])));
            let verdicts = finish(mark, call.budget, outcome).await?;
            let taken = |verdict| matches!(verdict, sink::Verdict::Delivered | sink::Verdict::AcceptedUnverified);
            Ok(verdicts.iter().map(wire::decode_verdict).all(taken))
        }
    }
}

async fn serves(provider: &Provider) -> Checked {
    match in_patience("the next call", ask(provider, Call::unbounded())).await? {
        Ok(true) => Ok(()),
        Ok(false) => Err("the next record is not taken".to_owned()),
        Err(error) => Err(format!("the next call fails: {error}")),
    }
}

async fn in_patience<T>(what: &str, future: impl Future<Output = T>) -> Result<T, String> {
    tokio::time::timeout(PATIENCE, future).await.map_err(|_| format!("{what} did not end within {PATIENCE:?}"))
}

async fn in_time(what: &str, future: impl Future<Output = Result<(), ProviderError>>) -> Checked {
    in_patience(what, future).await?.map_err(|error| format!("{what} failed: {error}"))
}

/// Any answer is right but a panic.
fn survived(what: &str, answer: Result<bool, ProviderError>) -> Checked {
    match answer {
        Err(error) if error.kind == ErrorKind::Panicked => Err(format!("{what} panicked: {}", error.message)),
        _ => Ok(()),
    }
}
