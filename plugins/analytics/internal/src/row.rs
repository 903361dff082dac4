//! A record made ready to be stored: checked, with its JSON already text, so that the one writing thread only writes.

use outrigger_plugin_api::sdk::{
    analytics::{Common, Event, Object},
    sink::{Body, Record},
};
use uuid::Uuid;

/// Most bytes of one row: 16 MiB, four times the largest record any door lets in. SQLite's own bound is 1 GB.
const ROW_BYTES_MAX: usize = 16 << 20;

/// One event to store, with what it says of people.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: Uuid,
    pub(crate) sort: u16,
    pub(crate) name: String,
    pub(crate) uid: String,
    pub(crate) anonymous_id: Option<String>,
    pub(crate) session: Option<String>,
    pub(crate) group: Option<String>,
    pub(crate) message_id: Option<String>,
    pub(crate) ts: i64,
    pub(crate) received_at: i64,
    pub(crate) props: Option<String>,
    pub(crate) ctx: Option<String>,
    pub(crate) effect: Effect,
}

/// What a record changes beside adding an event.
#[derive(Debug, PartialEq)]
pub(crate) enum Effect {
    /// Nothing.
    None,
    /// Traits of the user.
    Person(Object),
    /// Traits of the group that the row names.
    Group(Object),
    /// This id is the user's too.
    Alias(String),
}

impl Row {
    /// Makes a row of a record.
    ///
    /// # Errors
    /// Why the record can never be stored.
    pub(crate) fn new(record: Record<Event>) -> Result<Self, String> {
        let Record { id, received_at_ms, body, .. } = record;
        let sort = body.sort();
        let Parts { name, group, props, effect, common } = Parts::of(body)?;
        let identity = common.identity;
        let (uid, anonymous_id) = match (filled(identity.user_id), filled(identity.anonymous_id)) {
            (Some(user), anonymous) => (user, anonymous),
            (None, Some(anonymous)) => (anonymous, None),
            (None, None) => return Err("neither user_id nor anonymous_id is set".to_owned()),
        };
        let moment = |ms: u64| i64::try_from(ms).map_err(|_| format!("time {ms} is out of range"));
        let row = Self {
            id,
            sort,
            name,
            uid,
            anonymous_id,
            session: common.session_id,
            group,
            message_id: common.message_id,
            ts: moment(common.timestamp_ms.unwrap_or(received_at_ms))?,
            received_at: moment(received_at_ms)?,
            props: json(&props)?,
            ctx: json(&common.context)?,
            effect,
        };
        if row.bytes() > ROW_BYTES_MAX {
            return Err(format!("the record takes {} bytes, more than {ROW_BYTES_MAX}", row.bytes()));
        }
        Ok(row)
    }

    /// Returns roughly how much memory the row holds.
    pub(crate) fn bytes(&self) -> usize {
        let texts = [&self.anonymous_id, &self.session, &self.group, &self.message_id, &self.props, &self.ctx];
        let texts: usize = texts.into_iter().flatten().map(String::len).sum();
        // Traits are held once as text and once as values, and values take about as much again.
        size_of::<Self>() + self.name.len() + self.uid.len() + texts + self.props.as_ref().map_or(0, String::len)
    }
}

/// The sorts of event brought to one shape.
struct Parts {
    name: String,
    group: Option<String>,
    props: Object,
    effect: Effect,
    common: Common,
}

impl Parts {
    fn of(event: Event) -> Result<Self, String> {
        let plain = |name: String, props: Object, common: Common| Self {
            name,
            group: context_group(&common),
            props,
            effect: Effect::None,
            common,
        };
        Ok(match event {
            Event::Track { event, properties, common } => plain(event, properties, common),
            Event::Page { name, properties, common } | Event::Screen { name, properties, common } => {
                plain(name.unwrap_or_default(), properties, common)
            }
            Event::Identify { traits, common } => {
                Self { effect: Effect::Person(traits.clone()), ..plain(String::new(), traits, common) }
            }
            Event::Group { group_id, traits, common } => Self {
                group: Some(group_id),
                effect: Effect::Group(traits.clone()),
                ..plain(String::new(), traits, common)
            },
            Event::Alias { previous_id, common } => {
                let props = Object::from_iter([("previous_id".to_owned(), previous_id.as_str().into())]);
                Self { effect: Effect::Alias(previous_id), ..plain(String::new(), props, common) }
            }
            _ => return Err("this plugin is older than this sort of record".to_owned()),
        })
    }
}

/// Segment's libraries name the group of any event in `context.groupId`.
fn context_group(common: &Common) -> Option<String> {
    common.context.get("groupId").and_then(|id| id.as_str()).map(str::to_owned)
}

fn filled(id: Option<String>) -> Option<String> {
    id.filter(|id| !id.is_empty())
}

/// Returns the object as text; an empty one takes no space.
fn json(object: &Object) -> Result<Option<String>, String> {
    if object.is_empty() {
        return Ok(None);
    }
    serde_json::to_string(object).map(Some).map_err(|error| format!("can't be written as JSON: {error}"))
}

#[cfg(test)]
mod tests;
