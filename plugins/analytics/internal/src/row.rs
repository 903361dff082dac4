//! A record made ready to be stored: checked, with its JSON already text, so that the one writing thread only writes.

use outrigger_plugin_api::sdk::{
    analytics::Object,
    sink::{Body, Record},
};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::incoming::{self, Incoming, Sort};

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
    pub(crate) fn new(record: Record<Incoming>) -> Result<Self, String> {
        let Record { id, received_at_ms, mut body, .. } = record;
        let sort = body.sort();
        let ctx = body.take_context()?;
        let Parts { name, group, props, effect } = Parts::of(&mut body)?;
        let (uid, anonymous_id) = match (filled(body.user_id), filled(body.anonymous_id)) {
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
            session: body.session_id,
            group: group.or_else(|| ctx.as_deref().and_then(context_group)),
            message_id: body.message_id,
            ts: moment(body.timestamp_ms.unwrap_or(received_at_ms))?,
            received_at: moment(received_at_ms)?,
            props,
            ctx,
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
    props: Option<String>,
    effect: Effect,
}

impl Parts {
    fn of(event: &mut Incoming) -> Result<Self, String> {
        let needs = |member: &str, value: Option<String>| value.ok_or_else(|| format!("{member} is missing"));
        let (mut name, mut group, mut effect) = (String::new(), None, Effect::None);
        let props = match event.r#type {
            Sort::Track => {
                name = needs("event", event.event.take())?;
                event.take_properties()?
            }
            Sort::Page | Sort::Screen => {
                name = event.name.take().unwrap_or_default();
                event.take_properties()?
            }
            Sort::Identify => {
                let traits = event.take_traits()?;
                effect = Effect::Person(incoming::members(traits.as_deref())?);
                traits
            }
            Sort::Group => {
                let traits = event.take_traits()?;
                group = Some(needs("group_id", event.group_id.take())?);
                effect = Effect::Group(incoming::members(traits.as_deref())?);
                traits
            }
            Sort::Alias => {
                let previous = needs("previous_id", event.previous_id.take())?;
                let props = Object::from_iter([("previous_id".to_owned(), previous.as_str().into())]);
                effect = Effect::Alias(previous);
                Some(Value::Object(props).to_string())
            }
        };
        Ok(Self { name, group, props, effect })
    }
}

/// Segment's libraries name the group of any event in `context.groupId`.
fn context_group(context: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Context {
        #[serde(rename = "groupId")]
        group_id: Value,
    }
    let context: Context = serde_json::from_str(context).ok()?;
    context.group_id.as_str().map(str::to_owned)
}

fn filled(id: Option<String>) -> Option<String> {
    id.filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests;
