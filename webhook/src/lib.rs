//! Posts records as JSON batches to an address of the user's, signed where a secret is set.
//!
//! The plugins of both kinds are this provider over their kind's records.

mod batch;
mod settings;
mod signature;

use std::{
    marker::PhantomData,
    time::{SystemTime, UNIX_EPOCH},
};

use outrigger_plugin_api::sdk::{
    Call, Host, ProviderError, RunOn, Standing,
    http::{Http, Request},
    sink::{BatchLimits, Body, Idempotency, Record, SinkProvider, Verbatim, Verdict},
};

pub use settings::Settings;

use signature::Signer;

/// The header with the signature.
const SIGNATURE: &str = "x-outrigger-signature";

/// The provider over records of one kind: knows the address, and asks the host to send.
pub struct Webhook<B> {
    http: Http,
    settings: Settings,
    signer: Option<Signer>,
    standing: Standing,
    body: PhantomData<fn() -> B>,
}

impl<B: Body> SinkProvider for Webhook<B> {
    // Receivers get what the host keeps, as it is.
    type Body = Verbatim<B>;
    type Settings = Settings;
    // Below 1 MiB with what stands around the records: nginx refuses larger bodies unless told otherwise.
    const BATCH: BatchLimits = BatchLimits { count_max: 500, bytes_max: 900_000 };
    // A receiver may recognise repeats by the ids; whether one does is its own affair.
    const IDEMPOTENCY: Idempotency = Idempotency::None;
    const RUN_ON: RunOn = RunOn::Caller;

    async fn start(settings: Settings, host: Host) -> Result<Self, ProviderError> {
        settings.check()?;
        let signer = settings.secret.as_deref().map(Signer::new).transpose()?;
        Ok(Self { http: host.http().clone(), settings, signer, standing: Standing::default(), body: PhantomData })
    }

    async fn deliver(&self, call: Call, batch: Vec<Record<Verbatim<B>>>) -> Result<Vec<Verdict>, ProviderError> {
        self.standing.open()?;
        let request = self.request(&batch).timeout(call.countdown().left());
        let answer = self.http.send(request).await.and_then(|answer| match &self.settings.secret {
            Some(secret) => answer.without(secret).success(),
            None => answer.success(),
        });
        self.standing.noted(answer.map(|_| vec![Verdict::Delivered; batch.len()]))
    }

    fn standing(&self) -> Option<&Standing> {
        Some(&self.standing)
    }
}

impl<B: Body> Webhook<B> {
    fn request(&self, batch: &[Record<Verbatim<B>>]) -> Request {
        let body = batch::body(batch);
        let mut request = Request::post(self.settings.url.as_str())
            .header("content-type", "application/json")
            .header("idempotency-key", batch::key(batch));
        for (name, value) in &self.settings.headers {
            request = request.header(name, value);
        }
        if let Some(signer) = &self.signer {
            // The time of this try: a receiver refuses what is old, so that nobody can send a recorded request again.
            let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |age| age.as_secs());
            request = request.header(SIGNATURE, signer.sign(now, body.as_bytes()));
        }
        request.body(body)
    }
}

#[cfg(test)]
mod tests;
