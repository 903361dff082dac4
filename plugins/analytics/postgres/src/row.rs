//! A record made ready to be stored: checked, without NUL, its JSON already text.

mod columns;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use outrigger_plugin_api::sdk::{
    analytics::{Common, Event, Object},
    sink::Record,
};
use uuid::Uuid;

pub(crate) use columns::Columns;

/// Most bytes of an id or a name. They stand in indexes, whose entries PostgreSQL bounds at 2,704 bytes; four times what
/// the strictest of the common vendors takes as an id.
const KEY_BYTES_MAX: usize = 1_024;

/// Most bytes of one row: 16 MiB, four times the largest record any door lets in. A `jsonb` ends at 255 MiB.
const ROW_BYTES_MAX: usize = 16 << 20;

/// Latest moment, the last millisecond of the year 9999: what other programs can still read as a date.
pub(crate) const TIME_MS_MAX: u64 = 253_402_300_799_999;

/// One event to store.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    pub(crate) id: Uuid,
    pub(crate) sort: &'static str,
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) anonymous_id: Option<String>,
    pub(crate) session: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) ts: SystemTime,
    pub(crate) received_at: SystemTime,
    pub(crate) props: Option<String>,
    pub(crate) ctx: Option<String>,
    /// Another id that the record says is the same person's.
    pub(crate) alias: Option<String>,
}

impl Row {
    /// Makes a row of a record.
    ///
    /// # Errors
    /// Why the record can never be stored.
    pub(crate) fn new(record: Record<Event>) -> Result<Self, String> {
        let Record { id, received_at_ms, body, .. } = record;
        let Parts { sort, name, group, props, previous, common } = Parts::of(body)?;
        let identity = common.identity;
        let (uid, anonymous_id) = match (filled(identity.user_id), filled(identity.anonymous_id)) {
            (Some(user), anonymous) => (user, anonymous),
            (None, Some(anonymous)) => (anonymous, None),
            (None, None) => return Err("neither user_id nor anonymous_id is set".to_owned()),
        };
        let anonymous_id = anonymous_id.map(|id| key("anonymous_id", id)).transpose()?;
        let previous = previous.map(|id| key("previous_id", id)).transpose()?;
        let row = Self {
            id,
            sort,
            name: key("name", name)?,
            uid: key("user_id", uid)?,
            alias: if sort == "identify" { anonymous_id.clone() } else { previous },
            anonymous_id,
            session: common.session_id.map(plain),
            group: group.map(|group| key("group_id", group)).transpose()?,
            message_id: common.message_id.map(plain),
            ts: moment(common.timestamp_ms.unwrap_or(received_at_ms))?,
            received_at: moment(received_at_ms)?,
            props: json(&props)?,
            ctx: json(&common.context)?,
        };
        if row.bytes() > ROW_BYTES_MAX {
            return Err(format!("the record takes {} bytes, more than {ROW_BYTES_MAX}", row.bytes()));
        }
        Ok(row)
    }

    fn bytes(&self) -> usize {
        let texts = [&self.anonymous_id, &self.session, &self.group, &self.message_id, &self.props, &self.ctx];
        self.name.len() + self.uid.len() + texts.into_iter().flatten().map(String::len).sum::<usize>()
    }
}

/// The sorts of event brought to one shape.
struct Parts {
    sort: &'static str,
    name: String,
    group: Option<String>,
    props: Object,
    previous: Option<String>,
    common: Common,
}

impl Parts {
    fn of(event: Event) -> Result<Self, String> {
        let parts = |sort, name: Option<String>, props, common: Common| Self {
            sort,
            name: name.unwrap_or_default(),
            // Segment's libraries name the group of any event there.
            group: common.context.get("groupId").and_then(|id| id.as_str()).map(str::to_owned),
            props,
            previous: None,
            common,
        };
        Ok(match event {
            Event::Track { event, properties, common } => parts("track", Some(event), properties, common),
            Event::Page { name, properties, common } => parts("page", name, properties, common),
            Event::Screen { name, properties, common } => parts("screen", name, properties, common),
            Event::Identify { traits, common } => parts("identify", None, traits, common),
            Event::Group { group_id, traits, common } => {
                Self { group: Some(group_id), ..parts("group", None, traits, common) }
            }
            Event::Alias { previous_id, common } => {
                let props = Object::from_iter([("previous_id".to_owned(), previous_id.as_str().into())]);
                Self { previous: Some(previous_id), ..parts("alias", None, props, common) }
            }
            _ => return Err("this plugin is older than this sort of record".to_owned()),
        })
    }
}

fn filled(id: Option<String>) -> Option<String> {
    id.filter(|id| !id.is_empty())
}

fn moment(ms: u64) -> Result<SystemTime, String> {
    if ms > TIME_MS_MAX {
        return Err(format!("time {ms} is after the year 9999"));
    }
    Ok(UNIX_EPOCH + Duration::from_millis(ms))
}

fn key(field: &str, text: String) -> Result<String, String> {
    let text = plain(text);
    if text.len() > KEY_BYTES_MAX {
        return Err(format!("{field} takes {} bytes, at most {KEY_BYTES_MAX} fit into an index", text.len()));
    }
    Ok(text)
}

/// PostgreSQL's `text` holds every character but NUL.
fn plain(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}

/// Returns the object as text; an empty one takes no space.
fn json(object: &Object) -> Result<Option<String>, String> {
    if object.is_empty() {
        return Ok(None);
    }
    let text = serde_json::to_string(object).map_err(|error| format!("can't be written as JSON: {error}"))?;
    Ok(Some(without_nul(text)))
}

/// Replaces the escape of NUL, which `jsonb` refuses, by that of the replacement character.
pub(crate) fn without_nul(text: String) -> String {
    const NUL: &str = "\\u0000";
    if !text.contains(NUL) {
        return text;
    }
    let (mut clean, mut rest) = (String::with_capacity(text.len()), text.as_str());
    while let Some((before, escape)) = rest.split_once('\\') {
        clean.push_str(before);
        // An escaped backslash is passed whole: what follows it is text.
        let (written, length) = match escape.as_bytes() {
            [b'u', b'0', b'0', b'0', b'0', ..] => ("\\ufffd", 5),
            [b'\\', ..] => ("\\\\", 1),
            _ => ("\\", 0),
        };
        clean.push_str(written);
        rest = escape.get(length..).unwrap_or_default();
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests;
