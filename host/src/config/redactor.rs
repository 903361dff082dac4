//! Takes a provider's secrets out of what it says: a backend may quote the key it refuses, and the plugin passes it on.

use serde_json::Value as Json;
use url::Url;

use super::ProviderConfig;

/// Shorter secrets stay: they would be found inside ordinary words. No vendor's key is so short.
const SECRET_BYTES_MIN: usize = 6;
/// Shorter parts of a URL stay: `api` or a project's number says nothing.
const PART_BYTES_MIN: usize = 8;
/// What stands instead.
const MARK: &str = "***";

/// The texts that one provider must not show.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Redactor {
    /// The longest first, so that none is left in half.
    texts: Vec<String>,
}

impl Redactor {
    /// Returns the redactor of a provider's secret settings: each as a whole, and of a URL user, password, path and
    /// query too, which is where the secret of a DSN or a webhook is.
    #[must_use]
    pub fn of(config: &ProviderConfig) -> Self {
        let secrets = config.secret_paths.iter().filter_map(|pointer| config.settings.pointer(pointer));
        let mut texts: Vec<String> = secrets.filter_map(Json::as_str).flat_map(parts).collect();
        texts.sort_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        texts.dedup();
        Self { texts }
    }

    /// Returns the text without secrets.
    #[must_use]
    pub fn clean(&self, text: String) -> String {
        self.texts.iter().fold(text, |text, secret| match text.contains(secret.as_str()) {
            true => text.replace(secret.as_str(), MARK),
            false => text,
        })
    }
}

impl std::fmt::Debug for Redactor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Redactor({} texts)", self.texts.len())
    }
}

fn parts(secret: &str) -> Vec<String> {
    let secret = secret.trim();
    let mut parts = Vec::new();
    if secret.len() >= SECRET_BYTES_MIN {
        parts.push(secret.to_owned());
    }
    if let Ok(url) = Url::parse(secret)
        && url.has_host()
    {
        let path = url.path_segments().into_iter().flatten().map(str::to_owned);
        let query = url.query_pairs().map(|(_, value)| value.into_owned());
        let user = [Some(url.username().to_owned()), url.password().map(str::to_owned)].into_iter().flatten();
        parts.extend(user.chain(path).chain(query).filter(|part| part.len() >= PART_BYTES_MIN));
    }
    parts
}

#[cfg(test)]
mod tests;
