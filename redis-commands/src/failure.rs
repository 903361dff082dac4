//! Redis' errors as the host's.

use outrigger_plugin_api::sdk::{ErrorKind, ProviderError};

/// Splits an error's line into code and text. `ERR` is the code of one without.
pub fn split(line: &str) -> (&str, &str) {
    match line.split_once(' ') {
        Some((code, detail)) if code.bytes().all(|byte| byte.is_ascii_uppercase()) && !code.is_empty() => {
            (code, detail)
        }
        _ => ("ERR", line),
    }
}

/// Returns the host's error for one the server answered an operation with.
pub fn from_code(code: &str, detail: &str) -> ProviderError {
    let detail = plain(detail);
    let kind = match code {
        "NOAUTH" | "WRONGPASS" | "NOPERM" | "DENIED" => ErrorKind::Refused,
        "LOADING" | "BUSY" | "TRYAGAIN" | "CLUSTERDOWN" | "MASTERDOWN" | "READONLY" | "MOVED" | "ASK"
        | "NOREPLICAS" | "MISCONF" | "UNKILLABLE" => ErrorKind::Unavailable,
        "OOM" => ErrorKind::Overloaded,
        "ERR" if detail.starts_with("max number of clients") => ErrorKind::Overloaded,
        // Upstash's.
        "ERR" if detail.starts_with("max requests limit") || detail.starts_with("max daily request limit") => {
            ErrorKind::Overloaded
        }
        "ERR" if detail.starts_with("unknown command") => ErrorKind::Unsupported,
        "ERR" | "WRONGTYPE" | "CROSSSLOT" | "EXECABORT" => ErrorKind::Invalid,
        _ => ErrorKind::Internal,
    };
    // "ERR" says nothing that the kind does not; other codes are what people search for.
    ProviderError::new(kind, if code == "ERR" { detail.to_owned() } else { format!("{code} {detail}") })
}

/// Cuts what Redis 7 adds to an error inside a script: ` script: <sha>, on @user_script:1.`
pub(crate) fn plain(detail: &str) -> &str {
    detail.split_once(" script: ").map_or(detail, |(text, _)| text).trim()
}

#[cfg(test)]
mod tests;
