//! Reads what ClickHouse answers: its own codes first, because its statuses say little.

use outrigger_plugin_api::sdk::{
    ErrorKind, ProviderError,
    http::{Response, excerpt},
    sink::Verdict,
};
use serde_json::Value;

/// No such table.
const UNKNOWN_TABLE: u32 = 60;

/// What the server says went wrong.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    code: Option<u32>,
    error: ProviderError,
}

impl Fault {
    /// Tells whether the table is not there.
    pub(crate) fn is_no_table(&self) -> bool {
        self.code == Some(UNKNOWN_TABLE)
    }

    /// Returns it as the host acts on it.
    pub(crate) fn into_error(self) -> ProviderError {
        self.error
    }
}

/// Returns the number of rows that the server says it wrote, where it says so.
///
/// # Errors
/// What it says went wrong. A success with something in its body is none: after `INSERT` and `CREATE` there is nothing
/// to say, so it is an exception that came too late for the status, or another program's page.
pub(crate) fn read(answer: &Response) -> Result<Option<u64>, Fault> {
    let code = code(answer);
    if let Some(code) = code {
        let mut error = ProviderError::new(kind(code), said(code, answer));
        error.retry_after = answer.retry_after();
        return Err(Fault { code: Some(code), error });
    }
    let answer = answer.clone().success().map_err(|error| Fault { code: None, error })?;
    if !answer.body.trim_ascii().is_empty() {
        let text = format!("answered {}, but not as ClickHouse does: {}", answer.status, answer.excerpt());
        return Err(Fault { code: None, error: ProviderError::new(ErrorKind::Refused, text) });
    }
    Ok(written(&answer))
}

/// Returns what a success means for the rows of an insert. The server answers once all of them are stored, or known to be
/// there already: of a repeat it writes none. Some, but not all, is what nothing documented explains, so it is not claimed
/// that they are there. More come from materialized views.
pub(crate) fn verdict(written: Option<u64>, sent: usize) -> Verdict {
    match written {
        Some(written) if written != 0 && written < sent as u64 => Verdict::AcceptedUnverified,
        _ => Verdict::Delivered,
    }
}

/// Returns the exception's code: from its header, or from the body where a proxy in between took the header away or the
/// exception came after the headers.
fn code(answer: &Response) -> Option<u32> {
    if let Some(code) = answer.header("x-clickhouse-exception-code") {
        return code.trim().parse().ok();
    }
    let body = String::from_utf8_lossy(&answer.body);
    let (before, _) = body.split_once(". DB::Exception")?;
    let (_, code) = before.rsplit_once("Code: ")?;
    code.parse().ok()
}

/// Returns `written_rows` of the summary.
fn written(answer: &Response) -> Option<u64> {
    let summary: Value = serde_json::from_str(answer.header("x-clickhouse-summary")?).ok()?;
    let written = summary.get("written_rows")?;
    // A text in every version so far.
    written.as_u64().or_else(|| written.as_str()?.parse().ok())
}

/// Returns what the host does about an exception. Codes: ClickHouse's `src/Common/ErrorCodes.cpp`.
const fn kind(code: u32) -> ErrorKind {
    match code {
        // Of the data, the host looks for the record at fault: values that can't be read (6, 25-27, 38, 41, 72, 117, 130,
        // 376), are of another type (53, 70), don't fit (69, 131, 321, 407, 691) or break a constraint (349, 469).
        6 | 25..=27 | 38 | 41 | 53 | 69 | 70 | 72 | 117 | 130 | 131 | 321 | 349 | 376 | 407 | 469 | 691 => {
            ErrorKind::Invalid
        }
        // Too many queries (202) or parts (252), no memory (173, 241), a quota for a time (201), no threads (439), a server
        // that sheds load (745).
        173 | 201 | 202 | 241 | 252 | 439 | 745 => ErrorKind::Overloaded,
        // Out of time (159, 209), cancelled (394) or not known (319): a part may be written.
        159 | 209 | 319 | 394 => ErrorKind::Timeout,
        // Truncated on the way (33), network (210), replicas or their keeper (225, 242, 279, 285, 286, 999), a full disk (243),
        // a table just being dropped or restarted (218, 733), a shutdown (236).
        33 | 210 | 218 | 225 | 236 | 242 | 243 | 279 | 285 | 286 | 733 | 999 => ErrorKind::Unavailable,
        // Until someone mends it: table or database (60, 81), columns (8, 10, 16, 20, 44, 47), statement or settings (48, 62,
        // 115, 344, 452), a read-only user (164), who and what is allowed (192-195, 291, 497, 516).
        8 | 10 | 16 | 20 | 44 | 47 | 48 | 60 | 62 | 81 | 115 | 164 | 192..=195 | 291 | 344 | 452 | 497 | 516 => {
            ErrorKind::Refused
        }
        _ => ErrorKind::Internal,
    }
}

fn said(code: u32, answer: &Response) -> String {
    let help = match code {
        UNKNOWN_TABLE => "; make the table as the plugin's README says, or set `create-table = true`",
        81 => "; make the database: the plugin makes tables only",
        16 => "; the table lacks a column that the plugin's README lists",
        _ => "",
    };
    format!("{}{help}", excerpt(&answer.body))
}

#[cfg(test)]
mod tests;
