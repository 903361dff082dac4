//! Sends the requests of both signals, each to its address with its headers.

use std::{fmt, sync::Arc};

use outrigger_plugin_api::sdk::{
    Countdown, Host, ProviderError,
    http::Request,
    sink::{Tally, Verdict, send_all},
};

use crate::{answer, pack::Pack};

/// Most requests at a time: one of each signal, as exporters of OpenTelemetry send them.
const REQUESTS_AT_ONCE: usize = 2;
/// Least characters of a header's value that is kept out of what a server says. A shorter one is no key but something
/// like a tenant's number, and leaving it out would make any text unreadable.
const SECRET_CHARS_MIN: usize = 6;

/// Where a signal goes.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) url: String,
    pub(crate) headers: Headers,
    pub(crate) gzip: bool,
}

/// Headers with their values, which are secret.
pub(crate) struct Headers(Vec<(String, String)>);

impl Headers {
    pub(crate) const fn of(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// Returns the text without the values: some servers repeat the key that they refuse. Of one such as `Bearer KEY` the
    /// key alone counts too.
    pub(crate) fn hidden_in(&self, text: &str) -> String {
        let values =
            self.0.iter().flat_map(|(_, value)| [value.as_str(), value.rsplit(' ').next().unwrap_or_default()]);
        let secrets = values.filter(|value| value.chars().count() >= SECRET_CHARS_MIN);
        secrets.fold(text.to_owned(), |text, secret| text.replace(secret, "…"))
    }
}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// One request.
pub(crate) struct Job {
    target: Arc<Target>,
    body: Vec<u8>,
    records: usize,
}

/// Returns the requests of one signal with their records' places; none where it goes nowhere.
pub(crate) fn jobs(target: Option<&Arc<Target>>, pack: Pack<'_>) -> Vec<(Vec<usize>, Job)> {
    let Some(target) = target else { return Vec::new() };
    let job = |(places, body): (Vec<usize>, _)| {
        let records = places.len();
        (places, Job { target: target.clone(), body, records })
    };
    pack.finish().into_iter().map(job).collect()
}

/// Sends the requests and notes in `tally` what becomes of each record.
pub(crate) async fn send(host: &Host, jobs: Vec<(Vec<usize>, Job)>, countdown: Countdown, tally: &mut Tally) {
    send_all(jobs, REQUESTS_AT_ONCE, countdown, tally, |job| post(host.clone(), job, countdown)).await;
}

async fn post(host: Host, job: Job, countdown: Countdown) -> Result<Verdict, ProviderError> {
    let Job { target, body, records } = job;
    let request = Request::post(&target.url).header("content-type", answer::PROTOBUF);
    let request = target.headers.0.iter().fold(request, |request, (name, value)| request.header(name, value));
    let request = request.body(body).timeout(countdown.left());
    let request = if target.gzip { request.compressed() } else { request };
    let response = host.http().send(request).await?;
    answer::verdict(&response, records, |text| target.headers.hidden_in(text))
}

#[cfg(test)]
mod tests;
