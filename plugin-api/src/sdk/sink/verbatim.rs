//! A body with the text it came as.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::value::RawValue;

use super::Body;
use crate::manifest::Kind;

/// A record's body with the JSON text that the host keeps, for providers that pass events on as they are: none of it is
/// written anew. `B` is the model, which the text was read into, so that nothing goes out that no host wrote.
///
/// ```
/// # use outrigger_plugin_api::sdk::{analytics::Event, sink::Verbatim};
/// let text = r#"{"type":"track","event":"Paid","user_id":"u1"}"#;
/// let body: Verbatim<Event> = serde_json::from_str(text)?;
/// assert_eq!(body.text(), text);
/// assert_eq!(body.model().common().identity.user_id.as_deref(), Some("u1"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Verbatim<B> {
    text: Box<RawValue>,
    model: B,
}

impl<B> Verbatim<B> {
    /// Returns the text: valid JSON, compact, no object with a member twice where the host wrote it.
    pub fn text(&self) -> &str {
        self.text.get()
    }

    /// Returns what it says.
    pub const fn model(&self) -> &B {
        &self.model
    }
}

impl<B: Body> Body for Verbatim<B> {
    const KIND: Kind = B::KIND;

    fn sort(&self) -> u16 {
        self.model.sort()
    }
}

impl<'de, B: Body> Deserialize<'de> for Verbatim<B> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let model = serde_json::from_str(text.get()).map_err(D::Error::custom)?;
        Ok(Self { text, model })
    }
}

impl<B> Serialize for Verbatim<B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}
