//! The types a key of the host's own can have: how each is read, shown, bounded and described in a schema.

mod quantity;
mod texts;
mod word;

use std::net::SocketAddr;
use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::codes;
use super::tree::{Node, Value};
use crate::diagnostic::Origin;

pub(super) use texts::Texts;
pub(super) use word::{Name, Names, Words};

/// Why a value was refused.
pub(super) struct Fault {
    pub(super) code: &'static str,
    /// What is wrong, as the end of a sentence that begins with the key.
    pub(super) why: String,
    /// The part of the value that is wrong, if it is a part.
    pub(super) at: Option<Origin>,
    pub(super) valid: Vec<&'static str>,
}

impl Fault {
    pub(super) fn new(why: impl Into<String>) -> Self {
        Self { code: codes::VALUE_INVALID, why: why.into(), at: None, valid: Vec::new() }
    }

    /// The value has another type than the key.
    pub(super) fn expected(expects: &str, node: &Node) -> Self {
        Self::new(format!("must be {expects}, not {}", node.kind()))
    }
}

/// A type of value. `Clone` because defaults are copied out of constants.
pub(super) trait Setting: Clone + 'static {
    /// What may be written, for messages and documentation.
    const EXPECTS: &'static str;

    /// Whether what was written may be a secret, and must not be drawn.
    const SECRET: bool = false;

    /// Reads what stands in the file.
    fn from_node(node: &Node) -> Result<Self, Fault>;

    /// Reads what stands in a variable.
    fn from_text(text: &str) -> Result<Self, Fault>;

    /// Writes it as TOML.
    fn show(&self) -> String;

    /// Describes it to editors.
    fn schema() -> Json;

    /// Returns whether it lies between two bounds; types without an order have none.
    fn within(&self, _low: &Self, _high: &Self) -> bool {
        true
    }
}

/// A key that may be absent.
impl<T: Setting> Setting for Option<T> {
    const EXPECTS: &'static str = T::EXPECTS;
    const SECRET: bool = T::SECRET;

    fn from_node(node: &Node) -> Result<Self, Fault> {
        T::from_node(node).map(Some)
    }

    fn from_text(text: &str) -> Result<Self, Fault> {
        T::from_text(text).map(Some)
    }

    fn show(&self) -> String {
        self.as_ref().map_or_else(|| "none".to_owned(), Setting::show)
    }

    fn schema() -> Json {
        T::schema()
    }

    fn within(&self, low: &Self, high: &Self) -> bool {
        match (self, low, high) {
            (Some(value), Some(low), Some(high)) => value.within(low, high),
            _ => true,
        }
    }
}

impl Setting for bool {
    const EXPECTS: &'static str = "true or false";

    fn from_node(node: &Node) -> Result<Self, Fault> {
        match node.value {
            Value::Flag(flag) => Ok(flag),
            _ => Err(Fault::expected(Self::EXPECTS, node)),
        }
    }

    fn from_text(text: &str) -> Result<Self, Fault> {
        text.trim().parse().map_err(|_| Fault::new(format!("must be {}", Self::EXPECTS)))
    }

    fn show(&self) -> String {
        self.to_string()
    }

    fn schema() -> Json {
        json!({ "type": "boolean" })
    }
}

impl Setting for u32 {
    const EXPECTS: &'static str = "a whole number";

    fn from_node(node: &Node) -> Result<Self, Fault> {
        match node.value {
            Value::Integer(number) => Self::try_from(number).map_err(|_| Fault::new("is out of range")),
            _ => Err(Fault::expected(Self::EXPECTS, node)),
        }
    }

    fn from_text(text: &str) -> Result<Self, Fault> {
        text.trim().parse().map_err(|_| Fault::new(format!("must be {}", Self::EXPECTS)))
    }

    fn show(&self) -> String {
        self.to_string()
    }

    fn schema() -> Json {
        json!({ "type": "integer", "minimum": 0, "maximum": Self::MAX })
    }

    fn within(&self, low: &Self, high: &Self) -> bool {
        (low..=high).contains(&self)
    }
}

impl Setting for SocketAddr {
    const EXPECTS: &'static str = "an address with its port such as \"127.0.0.1:8181\"";

    fn from_node(node: &Node) -> Result<Self, Fault> {
        match &node.value {
            Value::Text(text) => Self::from_text(text),
            _ => Err(Fault::expected(<Self as Setting>::EXPECTS, node)),
        }
    }

    fn from_text(text: &str) -> Result<Self, Fault> {
        // Names are not resolved: one that resolves to two addresses would open a listener nobody asked for.
        text.trim().parse().map_err(|_| {
            Fault::new(format!("must be {}, not `{text}`; host names are not resolved", <Self as Setting>::EXPECTS))
        })
    }

    fn show(&self) -> String {
        format!("\"{self}\"")
    }

    fn schema() -> Json {
        json!({ "type": "string", "examples": ["127.0.0.1:8181", "[::1]:8181"] })
    }
}

impl Setting for PathBuf {
    const EXPECTS: &'static str = "a path";

    fn from_node(node: &Node) -> Result<Self, Fault> {
        match &node.value {
            Value::Text(text) => Setting::from_text(text),
            _ => Err(Fault::expected(Self::EXPECTS, node)),
        }
    }

    fn from_text(text: &str) -> Result<Self, Fault> {
        if text.is_empty() || text.contains('\0') {
            return Err(Fault::new("must be a path, and neither empty nor with a NUL"));
        }
        Ok(Self::from(text))
    }

    fn show(&self) -> String {
        Json::String(self.display().to_string()).to_string()
    }

    fn schema() -> Json {
        json!({ "type": "string", "minLength": 1 })
    }
}

impl Setting for Vec<PathBuf> {
    const EXPECTS: &'static str = "an array of paths";

    fn from_node(node: &Node) -> Result<Self, Fault> {
        let Value::List(list) = &node.value else {
            return Err(Fault::expected(Self::EXPECTS, node));
        };
        let read =
            |item: &Node| PathBuf::from_node(item).map_err(|fault| Fault { at: Some(item.origin.clone()), ..fault });
        list.iter().map(read).collect()
    }

    fn from_text(text: &str) -> Result<Self, Fault> {
        std::env::split_paths(text).map(|path| Setting::from_text(&path.to_string_lossy())).collect()
    }

    fn show(&self) -> String {
        format!("[{}]", self.iter().map(Setting::show).collect::<Vec<_>>().join(", "))
    }

    fn schema() -> Json {
        json!({ "type": "array", "items": <PathBuf as Setting>::schema() })
    }
}
