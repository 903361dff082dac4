//! Sends one request a record, several at a time, and reads what Plausible made of each.

use futures_util::{StreamExt, stream};
use outrigger_plugin_api::sdk::{
    Countdown, ErrorKind, ProviderError,
    http::{Http, Request, Response},
    sink::{Tally, Verdict},
};

/// Sends the requests in order, at most `at_once` at a time. After the first that fails for a reason that is not its
/// record's, or once time is over, none is begun any more; the tally says so of the rest.
pub(crate) async fn send_all(
    http: &Http,
    requests: Vec<(usize, Request)>,
    at_once: u8,
    countdown: Countdown,
    tally: &mut Tally,
) {
    let mut waiting = requests.into_iter();
    let mut under_way = stream::FuturesUnordered::new();
    loop {
        while under_way.len() < usize::from(at_once) && !tally.is_stopped() && !countdown.is_over() {
            let Some((place, request)) = waiting.next() else { break };
            let sending = http.send(request.timeout(countdown.left()));
            under_way.push(async move { (place, verdict(sending.await)) });
        }
        match under_way.next().await {
            Some((place, Ok(verdict))) => tally.answer(place, verdict),
            Some((place, Err(error))) => tally.stop([place], error),
            None => break,
        }
    }
}

/// Reads one answer. An error is one that every record would get.
fn verdict(answer: Result<Response, ProviderError>) -> Result<Verdict, ProviderError> {
    let answer = match answer {
        Ok(answer) => answer,
        // A header or URL of this record can't be sent.
        Err(error) if error.kind == ErrorKind::Invalid => return Ok(Verdict::Rejected(error.message)),
        // Something came back that nobody could read: it may have been counted.
        Err(error) if error.kind == ErrorKind::Internal => return Ok(Verdict::Ambiguous(error.message)),
        Err(error) => return Err(error),
    };
    let dropped = answer.header("x-plausible-dropped").is_some_and(|count| count.trim() != "0");
    match answer.success() {
        Ok(_) if dropped => Ok(Verdict::DroppedByVendor(
            "Plausible counted it for no site, or not for every one: a robot, an address of a data centre, an unknown \
             domain, or a rule or limit of the site"
                .to_owned(),
        )),
        // It answers 202 to every event that is well-formed.
        Ok(_) => Ok(Verdict::AcceptedUnverified),
        Err(error) if error.kind == ErrorKind::Invalid => Ok(Verdict::Rejected(error.message)),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
