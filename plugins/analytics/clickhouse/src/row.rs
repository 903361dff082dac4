//! A record made ready to be stored: checked, and already the line of JSON that goes out.

use outrigger_plugin_api::sdk::{
    Moment,
    analytics::{Common, Event, Object},
    sink::Record,
};
use serde::Serialize;
use uuid::Uuid;

/// Most bytes of a name. It stands in the primary index, which the server keeps in memory.
const NAME_BYTES_MAX: usize = 1_024;

/// Most bytes of one row's JSON. The server reads a batch in pieces of 10 MiB (`min_chunk_bytes_for_parallel_parsing`)
/// and gets slow, later refuses, where one row is larger.
const ROW_BYTES_MAX: usize = 8 << 20;

/// Latest moment, the last millisecond of 2149-06-06: the last day that the type `Date` of the table's order holds.
const TIME_MS_MAX: u64 = 65_536 * 86_400_000 - 1;

/// One event to store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// The place of its record in the batch.
    pub(crate) record: usize,
    pub(crate) id: Uuid,
    /// The partition it falls into, such as `2026-11`.
    pub(crate) month: String,
    /// The row as JSON, with a line break.
    pub(crate) json: Vec<u8>,
}

/// The columns, in the table's order. Absent texts are empty: to ClickHouse a nullable column is a second file each.
#[derive(Debug, Serialize)]
struct Columns<'r> {
    project: &'r str,
    id: Uuid,
    r#type: &'static str,
    name: &'r str,
    uid: &'r str,
    anonymous_id: &'r str,
    session: &'r str,
    grp: &'r str,
    message_id: &'r str,
    ts: &'r str,
    received_at: Moment,
    props: String,
    ctx: String,
}

/// The columns' names, as an `INSERT` lists them: what else a table has gets its default.
pub(crate) const COLUMNS: &str =
    "project, id, type, name, uid, anonymous_id, session, grp, message_id, ts, received_at, props, ctx";

impl Row {
    /// Makes a row of a record.
    ///
    /// # Errors
    /// Why the record can never be stored.
    pub(crate) fn new(record: usize, from: Record<Event>, project: &str) -> Result<Self, String> {
        let Record { id, received_at_ms, body, .. } = from;
        let Parts { sort, name, group, props, common } = Parts::of(body)?;
        let (uid, anonymous_id) = match (filled(&common.identity.user_id), filled(&common.identity.anonymous_id)) {
            (Some(user), anonymous) => (user, anonymous.unwrap_or_default()),
            (None, Some(anonymous)) => (anonymous, ""),
            (None, None) => return Err("neither user_id nor anonymous_id is set".to_owned()),
        };
        if name.len() > NAME_BYTES_MAX {
            return Err(format!("name takes {} bytes, at most {NAME_BYTES_MAX} are kept", name.len()));
        }
        let ts = moment("timestamp", common.timestamp_ms.unwrap_or(received_at_ms))?.to_string();
        let columns = Columns {
            project,
            id,
            r#type: sort,
            name: &name,
            uid,
            anonymous_id,
            session: common.session_id.as_deref().unwrap_or_default(),
            grp: group.as_deref().unwrap_or_default(),
            message_id: common.message_id.as_deref().unwrap_or_default(),
            ts: &ts,
            received_at: moment("received_at", received_at_ms)?,
            props: text(&props)?,
            ctx: text(&common.context)?,
        };
        let mut json = serde_json::to_vec(&columns).map_err(unwritable)?;
        json.push(b'\n');
        if json.len() > ROW_BYTES_MAX {
            return Err(format!("the record takes {} bytes as a row, more than {ROW_BYTES_MAX}", json.len()));
        }
        Ok(Self { record, id, month: ts.chars().take("2026-11".len()).collect(), json })
    }
}

/// The sorts of event brought to one shape.
struct Parts {
    sort: &'static str,
    name: String,
    group: Option<String>,
    props: Object,
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
                let props = Object::from_iter([("previous_id".to_owned(), previous_id.into())]);
                parts("alias", None, props, common)
            }
            _ => return Err("this plugin is older than this sort of record".to_owned()),
        })
    }
}

fn filled(id: &Option<String>) -> Option<&str> {
    id.as_deref().filter(|id| !id.is_empty())
}

fn moment(field: &str, ms: u64) -> Result<Moment, String> {
    if ms > TIME_MS_MAX {
        return Err(format!("{field} {} is after {}, the last that the table holds", Moment(ms), Moment(TIME_MS_MAX)));
    }
    Ok(Moment(ms))
}

/// Returns the object as text; an empty one takes no space.
fn text(object: &Object) -> Result<String, String> {
    if object.is_empty() {
        return Ok(String::new());
    }
    serde_json::to_string(object).map_err(unwritable)
}

fn unwritable(error: serde_json::Error) -> String {
    format!("can't be written as JSON: {error}")
}

#[cfg(test)]
mod tests;
