//! A body that is kept as the text it came as.

use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::{Error, value::RawValue};

use super::Body;
use crate::manifest::Kind;

/// A record's body as the JSON text that the host keeps, for providers that pass events on as they are: none of it is
/// written anew. It was checked to be a `B`, by the host or here, so that nothing goes out that no host wrote.
///
/// ```
/// # use outrigger_plugin_api::sdk::{analytics::Event, sink::Verbatim};
/// let text = r#"{"type":"track","event":"Paid","user_id":"u1"}"#;
/// let body: Verbatim<Event> = serde_json::from_str(text)?;
/// assert_eq!(body.text(), text);
/// assert_eq!(body.model()?.common().identity.user_id.as_deref(), Some("u1"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Verbatim<B> {
    text: String,
    sort: u16,
    model: PhantomData<fn() -> B>,
}

impl<B: Body> Verbatim<B> {
    fn unchecked(text: &str, sort: u16) -> Self {
        Self { text: text.to_owned(), sort, model: PhantomData }
    }

    /// Returns the text: valid JSON, compact, no object with a member twice where the host wrote it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads what it says.
    ///
    /// # Errors
    /// None where the check of `B` finds all that reading it finds, as those of the models here do.
    pub fn model(&self) -> Result<B, Error> {
        B::read(self.text.as_bytes())
    }
}

impl<B: Body> Body for Verbatim<B> {
    const KIND: Kind = B::KIND;

    fn sort(&self) -> u16 {
        self.sort
    }

    fn read(json: &[u8]) -> Result<Self, Error> {
        let text = text_of(json)?;
        Ok(Self::unchecked(text, B::check(text)?))
    }

    fn read_checked(json: &[u8], sort: u16) -> Result<Self, Error> {
        text_of(json).map(|text| Self::unchecked(text, sort))
    }
}

fn text_of(json: &[u8]) -> Result<&str, Error> {
    std::str::from_utf8(json).map_err(de::Error::custom)
}

impl<'de, B: Body> Deserialize<'de> for Verbatim<B> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        Self::read(text.get().as_bytes()).map_err(de::Error::custom)
    }
}

impl<B> Serialize for Verbatim<B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text: &RawValue = serde_json::from_str(&self.text).map_err(ser::Error::custom)?;
        text.serialize(serializer)
    }
}
