//! Sends the requests of a batch, several at a time.

use std::future::Future;

use futures_util::{StreamExt, stream::FuturesUnordered};

use super::{Tally, Verdict};
use crate::sdk::{Countdown, ProviderError};

/// Has `send` send each request, in order and at most `at_once` at a time, and notes in `tally` what becomes of the
/// records in it, named by their places in the batch. An error is one that befell the request as a whole: after the first,
/// and once time is over, none is begun any more; the tally says so of the rest.
pub async fn send_all<R, F>(
    requests: impl IntoIterator<Item = (Vec<usize>, R)>,
    at_once: usize,
    countdown: Countdown,
    tally: &mut Tally,
    send: impl Fn(R) -> F,
) where
    F: Future<Output = Result<Verdict, ProviderError>>,
{
    let send = &send;
    let mut waiting = requests.into_iter();
    let mut under_way = FuturesUnordered::new();
    loop {
        while under_way.len() < at_once && !tally.is_stopped() && !countdown.is_over() {
            let Some((places, request)) = waiting.next() else { break };
            under_way.push(async move { (places, send(request).await) });
        }
        match under_way.next().await {
            Some((places, Ok(verdict))) => places.into_iter().for_each(|place| tally.answer(place, verdict.clone())),
            Some((places, Err(error))) => tally.stop(places, error),
            None => break,
        }
    }
}
