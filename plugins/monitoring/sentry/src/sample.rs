//! Which records are sent: a decision that depends on nothing but the record, so that a retry decides the same.

use outrigger_plugin_api::sdk::ProviderError;
use uuid::Uuid;

use crate::Settings;

/// The rates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sampling {
    errors: f64,
    traces: f64,
}

impl Sampling {
    /// Reads the rates.
    ///
    /// # Errors
    /// `settings` where one is not between 0 and 1.
    pub(crate) fn of(settings: &Settings) -> Result<Self, ProviderError> {
        let rates = [("sample-rate", settings.sample_rate), ("traces-sample-rate", settings.traces_sample_rate)];
        for (name, rate) in rates {
            if !(0.0..=1.0).contains(&rate) {
                return Err(ProviderError::settings(format!("{name} must be between 0 and 1, not {rate}")));
            }
        }
        Ok(Self { errors: settings.sample_rate, traces: settings.traces_sample_rate })
    }

    /// Tells why an error or message is not sent.
    pub(crate) fn skips_error(&self, id: Uuid) -> Option<String> {
        (!chosen(id.as_bytes(), self.errors)).then(|| format!("not sampled: sample-rate is {}", self.errors))
    }

    /// Tells why a timing is not sent; the same for every timing of a trace.
    pub(crate) fn skips_trace(&self, trace: &[u8; 16]) -> Option<String> {
        (!chosen(trace, self.traces)).then(|| format!("not sampled: traces-sample-rate is {}", self.traces))
    }
}

/// Tells whether an id falls into the part. Ids are hashed, because those that begin with the time are not spread.
fn chosen(id: &[u8; 16], rate: f64) -> bool {
    let hash = Uuid::new_v5(&Uuid::NAMESPACE_OID, id).as_u64_pair().0;
    // 2^53 is the last number up to which an f64 holds every integer.
    let place = (hash >> 11) as f64 / (1_u64 << 53) as f64;
    place < rate
}

#[cfg(test)]
mod tests;
