//! A provider that hangs, is down, refuses one event, asks for time or panics: each case ends as the rules say, and how
//! much later the other provider then has its events is printed as a ratio, taken in turn in one run.

use std::time::{Duration, Instant};

use outrigger::Host;
use outrigger_tests::test_host::eventually;

use crate::crooked_sink::{start, start_with};

/// Events of one measurement.
const EVENTS: usize = 40;
/// Measurements of each case, in turn.
const ROUNDS: usize = 5;

/// Tracks events one after the other and returns how long the sound provider took for each, the median.
async fn delay(host: &Host) -> Duration {
    let analytics = host.analytics().unwrap();
    let mut times = Vec::with_capacity(EVENTS);
    for number in 0..EVENTS {
        let accepted = analytics.track(format!("user-{number}"), "seen").await.unwrap();
        let began = Instant::now();
        while !accepted.receipts().iter().all(|receipt| receipt.providers.iter().any(is_sound_and_done)) {
            assert!(began.elapsed() < Duration::from_secs(20), "the sound provider waits: {:?}", accepted.receipts());
            tokio::task::yield_now().await;
        }
        times.push(began.elapsed());
    }
    times.sort_unstable();
    times.get(EVENTS / 2).copied().unwrap()
}

fn is_sound_and_done(provider: &outrigger::deliver::Progressed) -> bool {
    provider.provider == "internal" && provider.state == "delivered"
}

/// Returns how many of the crooked provider's records are in this state, and its dead letters' codes.
async fn outcome(host: &Host) -> (u64, usize, Vec<String>) {
    let deliveries = host.deliveries().unwrap();
    let status = deliveries.status().lanes.into_iter().find(|lane| lane.provider == "crooked").unwrap();
    let letters = deliveries.lane("crooked").unwrap().dead.list(0, 1_000).await.unwrap();
    (status.behind, status.dead_letters, letters.into_iter().map(|(_, letter)| letter.code).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_provider_does_costs_the_other_nothing() {
    let (_setup, alone) = start("none", "200ms").await;
    for fault in ["hangs", "unavailable", "refuses_one", "asks_for_time", "panics"] {
        let (_setup, host) = start(fault, "200ms").await;
        // As configured by default, and as eagerly as it can be configured.
        let (_setup, ordinary) = start_with(fault, "200ms", "").await;
        let (mut ratios, mut ordinary_ratios) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let by = delay(&alone).await.as_secs_f64();
            ratios.push(delay(&host).await.as_secs_f64() / by);
            ordinary_ratios.push(delay(&ordinary).await.as_secs_f64() / by);
        }
        ordinary.shutdown_within(Duration::from_millis(200)).await;
        let [eager, ordinary] = [ratios, ordinary_ratios].map(|mut ratios| {
            ratios.sort_by(f64::total_cmp);
            *ratios.get(ROUNDS / 2).unwrap()
        });
        eprintln!(
            "{fault}: the sound provider's delay is {ordinary:.2} of its delay alone, {eager:.2} where the other is asked \
             again every few milliseconds"
        );
        // Every round sends one event of the user that is refused.
        match fault {
            "refuses_one" => {
                eventually("the others are delivered", async || outcome(&host).await.0 == 0).await;
                assert_eq!(outcome(&host).await.2, vec!["delivery.rejected"; ROUNDS]);
            }
            "unavailable" | "asks_for_time" => {
                let (behind, dead, _) = outcome(&host).await;
                assert!(behind >= (EVENTS * ROUNDS) as u64 && dead == 0, "{fault}: all wait: {behind}, {dead}");
            }
            "hangs" => {
                eventually("time-outs are dead letters", async || outcome(&host).await.1 > 0).await;
                assert!(outcome(&host).await.2.iter().all(|code| code == "delivery.ambiguous"));
            }
            _ => {
                eventually("all are dead letters", async || outcome(&host).await.1 == EVENTS * ROUNDS).await;
                assert!(outcome(&host).await.2.iter().all(|code| code == "delivery.poison"));
            }
        }
        host.shutdown_within(Duration::from_millis(200)).await;
    }
    alone.shutdown().await;
}
