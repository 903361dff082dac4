//! Rows turned into columns: arrays that cross to the server as one parameter each.

use std::time::SystemTime;

use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::Row;

/// The columns of a batch, in the order `insert.sql` numbers them.
#[derive(Debug, Default)]
pub(crate) struct Columns {
    ids: Vec<Uuid>,
    sorts: Vec<&'static str>,
    names: Vec<String>,
    uids: Vec<String>,
    anonymous_ids: Vec<Option<String>>,
    sessions: Vec<Option<String>>,
    groups: Vec<Option<String>>,
    message_ids: Vec<Option<String>>,
    moments: Vec<SystemTime>,
    received: Vec<SystemTime>,
    props: Vec<Option<String>>,
    contexts: Vec<Option<String>>,
    aliases: Vec<Option<String>>,
}

impl Columns {
    /// Adds a row.
    pub(crate) fn push(&mut self, row: Row) {
        self.ids.push(row.id);
        self.sorts.push(row.sort);
        self.names.push(row.name);
        self.uids.push(row.uid);
        self.anonymous_ids.push(row.anonymous_id);
        self.sessions.push(row.session);
        self.groups.push(row.group);
        self.message_ids.push(row.message_id);
        self.moments.push(row.ts);
        self.received.push(row.received_at);
        self.props.push(row.props);
        self.contexts.push(row.ctx);
        self.aliases.push(row.alias);
    }

    /// Tells whether there are no rows.
    pub(crate) const fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Returns when the events happened.
    pub(crate) fn moments(&self) -> &[SystemTime] {
        &self.moments
    }

    /// Returns the parameters of `insert.sql`.
    pub(crate) fn parameters(&self) -> [&(dyn ToSql + Sync); 13] {
        [
            &self.ids,
            &self.sorts,
            &self.names,
            &self.uids,
            &self.anonymous_ids,
            &self.sessions,
            &self.groups,
            &self.message_ids,
            &self.moments,
            &self.received,
            &self.props,
            &self.contexts,
            &self.aliases,
        ]
    }
}
