//! Sends a batch as envelopes, several at once, and gives each record the verdict of the envelope it was in.

use std::time::{Duration, Instant, SystemTime};

use outrigger_plugin_api::sdk::{
    Countdown, ProviderError,
    http::Response,
    monitoring::Event,
    sink::{Record, Tally, Verdict, send_all},
};
use sentry_types::protocol::v7::{EnvelopeItem, ItemContainer, Log};

use crate::{
    Sentry,
    category::Category,
    convert::{Piece, convert},
};

/// Envelopes on their way at once: more would be a burst that meets the server's limits.
const IN_FLIGHT: usize = 8;
/// Most logs of one container and sessions of one envelope, as Sentry's own SDKs have them.
const PER_ENVELOPE: usize = 100;

/// Items that go together, and the places of their records in the batch.
struct Parcel {
    category: Category,
    places: Vec<usize>,
    items: Vec<EnvelopeItem>,
}

/// Returns a verdict for each record.
///
/// # Errors
/// What befell every envelope, where Sentry answered none: the host waits then.
pub(crate) async fn deliver(
    sentry: &Sentry,
    countdown: Countdown,
    batch: Vec<Record<Event>>,
) -> Result<Vec<Verdict>, ProviderError> {
    let (mut tally, pieces) = Tally::converting(&batch, |place, record| {
        convert(record, &sentry.defaults, &sentry.sampling).map(|piece| (place, piece))
    });
    let parcels = pack(pieces).into_iter().map(|Parcel { category, places, items }| (places, (category, items)));
    let sending = |(category, items)| send(sentry, countdown, category, items);
    send_all(parcels, IN_FLIGHT, countdown, &mut tally, sending).await;
    tally.finish()
}

/// Groups pieces into parcels.
fn pack(pieces: Vec<(usize, Piece)>) -> Vec<Parcel> {
    let (mut parcels, mut logs, mut sessions) = (Vec::new(), Vec::<(usize, Log)>::new(), Vec::new());
    for (place, piece) in pieces {
        match piece {
            Piece::Alone(category, item) => parcels.push(Parcel { category, places: vec![place], items: vec![*item] }),
            Piece::Log(log) => logs.push((place, log)),
            Piece::Session(item) => sessions.push((place, *item)),
        }
    }
    while !logs.is_empty() {
        let rest = logs.split_off(logs.len().min(PER_ENVELOPE));
        let (places, items): (Vec<_>, Vec<_>) = std::mem::replace(&mut logs, rest).into_iter().unzip();
        let items = vec![EnvelopeItem::ItemContainer(ItemContainer::Logs(items))];
        parcels.push(Parcel { category: Category::Log, places, items });
    }
    while !sessions.is_empty() {
        let rest = sessions.split_off(sessions.len().min(PER_ENVELOPE));
        let (places, items) = std::mem::replace(&mut sessions, rest).into_iter().unzip();
        parcels.push(Parcel { category: Category::Session, places, items });
    }
    parcels
}

async fn send(
    sentry: &Sentry,
    countdown: Countdown,
    category: Category,
    items: Vec<EnvelopeItem>,
) -> Result<Verdict, ProviderError> {
    // A limited category is not even tried: that is what the server asks for.
    if let Some(wait) = sentry.limits.wait(category, Instant::now()) {
        return Ok(limited(wait));
    }
    let request = sentry.ingest.request(items, SystemTime::now())?.timeout(countdown.left());
    let answer = sentry.host.http().send(request).await?;
    sentry.limits.learn(&answer, Instant::now());
    judge(&answer, sentry.limits.wait(category, Instant::now()))
}

fn limited(wait: Duration) -> Verdict {
    Verdict::Retry { after: Some(wait), reason: "Sentry limits the rate of this category".into() }
}

/// Says what an answer means for what was in the envelope. On success a limit that comes with it is for what follows.
fn judge(answer: &Response, wait: Option<Duration>) -> Result<Verdict, ProviderError> {
    match answer.status {
        200..=299 => Ok(Verdict::Delivered),
        429 => Ok(limited(wait.unwrap_or_default())),
        400 | 413 | 422 => {
            let said = answer.header("x-sentry-error").map_or_else(|| answer.excerpt(), str::to_owned);
            Ok(Verdict::Rejected(format!("answered {}: {said}", answer.status)))
        }
        _ => answer.clone().success().map(|_| Verdict::Delivered),
    }
}

#[cfg(test)]
mod tests;
