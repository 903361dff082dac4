//! Tells LogRocket who the users in monitoring records are. It takes nothing else from servers: see README.md.

mod settings;
mod user;

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use outrigger_plugin_api::{
    export_plugin,
    sdk::{
        Call, Countdown, ErrorKind, Host, ProviderError, RunOn, Standing,
        http::{Http, Method, Request},
        monitoring::Event,
        sink::{BatchLimits, Idempotency, Record, SinkProvider, Tally, Verdict},
    },
};

pub use settings::Settings;
use user::Traits;

/// Users that are remembered with their traits. Beyond it all are forgotten, and sent once more.
const KNOWN_MAX: usize = 10_000;

/// The provider.
pub struct LogRocket {
    http: Http,
    /// Where users are.
    users: String,
    api_key: String,
    repeat_after: Duration,
    known: Mutex<HashMap<String, (Traits, Instant)>>,
    standing: Standing,
}

impl SinkProvider for LogRocket {
    type Body = Event;
    type Settings = Settings;
    // At worst one request a record, one after the other, within a call's usual ten seconds.
    const BATCH: BatchLimits = BatchLimits { count_max: 50, bytes_max: 4 << 20 };
    // The same traits once more change nothing.
    const IDEMPOTENCY: Idempotency = Idempotency::Full;
    const RUN_ON: RunOn = RunOn::Caller;

    async fn start(settings: Settings, host: Host) -> Result<Self, ProviderError> {
        Ok(Self {
            http: host.http().clone(),
            users: settings.users()?,
            api_key: settings.api_key,
            repeat_after: settings.repeat_after.0,
            known: Mutex::default(),
            standing: Standing::default(),
        })
    }

    async fn deliver(&self, call: Call, batch: Vec<Record<Event>>) -> Result<Vec<Verdict>, ProviderError> {
        self.standing.open()?;
        let countdown = call.countdown();
        let mut tally = Tally::of(batch.len());
        for (id, (traits, records)) in users(&batch, &mut tally) {
            if countdown.is_over() || tally.is_stopped() {
                break;
            }
            let result = match self.is_known(&id, &traits) {
                true => Ok(()),
                false => self.put(&id, &traits, &countdown).await,
            };
            match result {
                Ok(()) => records.iter().for_each(|record| tally.answer(*record, Verdict::Delivered)),
                Err(error) if error.kind == ErrorKind::Invalid => {
                    let rejected = || Verdict::Rejected(error.message.clone());
                    records.iter().for_each(|record| tally.answer(*record, rejected()));
                }
                Err(error) => tally.stop(records, error),
            }
        }
        tally.finish()
    }

    fn standing(&self) -> Option<&Standing> {
        Some(&self.standing)
    }
}

/// Returns each user once, in the order of their first records, with the latest traits and the places of the records. The
/// verdicts of records without a user go into the tally.
fn users(batch: &[Record<Event>], tally: &mut Tally) -> Vec<(String, (Traits, Vec<usize>))> {
    let mut users: Vec<(String, (Traits, Vec<usize>))> = Vec::new();
    for (place, record) in batch.iter().enumerate() {
        match user::of(&record.body) {
            Err(verdict) => tally.decide(place, verdict),
            Ok((id, traits)) => match users.iter_mut().find(|(known, _)| *known == id) {
                Some((_, (latest, places))) => {
                    *latest = traits;
                    places.push(place);
                }
                None => users.push((id, (traits, vec![place]))),
            },
        }
    }
    users
}

impl LogRocket {
    fn is_known(&self, id: &str, traits: &Traits) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(id).is_some_and(|(sent, at)| sent == traits && at.elapsed() < self.repeat_after)
    }

    async fn put(&self, id: &str, traits: &Traits, countdown: &Countdown) -> Result<(), ProviderError> {
        let request = Request::new(Method::Put, format!("{}/{}", self.users, user::in_path(id)))
            .header("authorization", format!("token {}", self.api_key))
            .timeout(countdown.left())
            .json(traits)?;
        let result = self.http.send(request).await;
        let result = result.and_then(|response| response.without(&self.api_key).success().map(drop));
        let result = self.standing.noted(result);
        if result.is_ok() {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= KNOWN_MAX {
                known.clear();
            }
            known.insert(id.to_owned(), (traits.clone(), Instant::now()));
        }
        result
    }
}

export_plugin! {
    monitoring: LogRocket,
    description: "Tells LogRocket who the users in monitoring records are; it takes nothing else from servers",
    settings: include_str!("../settings.schema.json"),
}

#[cfg(test)]
mod tests;
