//! What LogRocket is told of a user.

use outrigger_plugin_api::sdk::{
    monitoring::{Context, Event},
    sink::Verdict,
};
use serde::Serialize;

/// Longest id: three times as many characters of a path, below the 8 KiB that servers commonly take.
const ID_BYTES_MAX: usize = 2000;

/// A user's traits: the body of the request. Addresses of the network are not sent: nobody asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub(crate) struct Traits {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
}

/// Returns the id and traits of a record's user, or the verdict of a record that says nothing of one.
pub(crate) fn of(event: &Event) -> Result<(String, Traits), Verdict> {
    let Context { user: Some(user), .. } = event.context() else { return Err(Verdict::Unsupported) };
    let some = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let traits = Traits { name: some(&user.username), email: some(&user.email) };
    let Some(id) = some(&user.id).filter(|_| traits.name.is_some() || traits.email.is_some()) else {
        return Err(Verdict::Unsupported);
    };
    if id.len() > ID_BYTES_MAX {
        let length = id.len();
        return Err(Verdict::Rejected(format!("`user.id` may have {ID_BYTES_MAX} bytes here, this one has {length}")));
    }
    if id == "." || id == ".." {
        return Err(Verdict::Rejected("`user.id` is `.` or `..`, which no address can end with".to_owned()));
    }
    Ok((id, traits))
}

/// Writes an id as a part of a path.
pub(crate) fn in_path(id: &str) -> String {
    let mut path = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => path.push(char::from(byte)),
            byte => path.push_str(&format!("%{byte:02X}")),
        }
    }
    path
}

#[cfg(test)]
mod tests;
