//! A value of which no more is kept than what it is.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::{Kept, Object};

/// What a value is. Reading it takes what reading a tree of values takes, and refuses what that refuses, but builds none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Outline {
    #[default]
    Null,
    Text,
    Object,
    Other,
}

impl Kept for Outline {
    fn empty() -> Self {
        Self::Object
    }

    fn object(self) -> Option<Object> {
        (self == Self::Object).then(Object::new)
    }

    fn text(self) -> Option<Option<String>> {
        match self {
            Self::Text => Some(Some(String::new())),
            Self::Null => Some(None),
            Self::Object | Self::Other => None,
        }
    }
}

impl<'de> Deserialize<'de> for Outline {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Outliner)
    }
}

struct Outliner;

impl<'de> Visitor<'de> for Outliner {
    type Value = Outline;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Outline, E> {
        Ok(Outline::Null)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Outline, E> {
        Ok(Outline::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Outline, E> {
        Ok(Outline::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Outline, E> {
        Ok(Outline::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Outline, E> {
        Ok(Outline::Other)
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Outline, E> {
        Ok(Outline::Text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Outline, A::Error> {
        while items.next_element::<Outline>()?.is_some() {}
        Ok(Outline::Other)
    }

    // Names are read as values are: a broken escape in one is found.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Outline, A::Error> {
        while members.next_entry::<Outline, Outline>()?.is_some() {}
        Ok(Outline::Object)
    }
}
