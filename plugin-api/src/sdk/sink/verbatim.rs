//! A body that stays the text it came as.

use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::value::RawValue;

use super::Body;
use crate::manifest::Kind;

/// A record's body as the JSON text that the host keeps, for providers that pass events on as they are, or need little
/// of them: building a model of an event and writing it anew takes ten times as long as looking over its text. `B` is
/// the model that it could be read into.
///
/// ```
/// # use outrigger_plugin_api::sdk::{analytics::Event, sink::{Body, Verbatim}};
/// let text = r#"{"type":"track","event":"Paid","user_id":"u1"}"#;
/// let body: Verbatim<Event> = serde_json::from_str(text)?;
/// assert_eq!(body.text(), text);
/// assert_eq!(body.read()?.common().identity.user_id.as_deref(), Some("u1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Verbatim<B> {
    text: Box<RawValue>,
    model: PhantomData<fn() -> B>,
}

impl<B: Body> Verbatim<B> {
    /// Returns the text: valid JSON, compact, no object with a member twice where the host wrote it.
    pub fn text(&self) -> &str {
        self.text.get()
    }

    /// Reads the model.
    ///
    /// # Errors
    /// What makes the text none of `B`'s, which only a text can be that no host wrote.
    pub fn read(&self) -> Result<B, String> {
        serde_json::from_str(self.text()).map_err(|error| format!("the record's body can't be read: {error}"))
    }
}

impl<B: Body> Body for Verbatim<B> {
    const KIND: Kind = B::KIND;

    /// Reads the model to know; 0, which is no sort, where it can't be read.
    fn sort(&self) -> u16 {
        self.read().map_or(0, |model| model.sort())
    }
}

impl<B> std::fmt::Debug for Verbatim<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text.get())
    }
}

impl<B> Clone for Verbatim<B> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), model: PhantomData }
    }
}

impl<'de, B: Body> Deserialize<'de> for Verbatim<B> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Box::<RawValue>::deserialize(deserializer)?;
        // What no host wrote must not go out: a text that is none of the model's, or nested too deep to be read.
        serde_json::from_str::<B>(text.get()).map_err(D::Error::custom)?;
        Ok(Self { text, model: PhantomData })
    }
}

impl<B> Serialize for Verbatim<B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}
