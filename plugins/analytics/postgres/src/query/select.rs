//! A statement in the making: SQL, and the values for its parameters.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use outrigger_plugin_api::sdk::analytics::query::{Filter, Selector};
use tokio_postgres::types::ToSql;

use crate::row::TIME_MS_MAX;

/// SQL and its parameters. What a question says only ever gets into the parameters.
#[derive(Default)]
pub(super) struct Select {
    pub(super) sql: String,
    values: Vec<Box<dyn ToSql + Sync + Send>>,
}

impl Select {
    pub(super) fn new(sql: &str) -> Self {
        Self { sql: sql.to_owned(), values: Vec::new() }
    }

    /// Adds SQL.
    pub(super) fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    /// Adds a parameter.
    pub(super) fn value(&mut self, value: impl ToSql + Sync + Send + 'static) {
        self.parameter(value);
        self.sql.push_str(&format!("${}", self.values.len()));
    }

    /// Gives the value of a parameter that the SQL has already.
    pub(super) fn parameter(&mut self, value: impl ToSql + Sync + Send + 'static) {
        self.values.push(Box::new(value));
    }

    /// Adds ` AND` the filter's time, by which the server leaves out whole months.
    pub(super) fn time(&mut self, filter: &Filter) {
        for (operator, ms) in [(" AND event.ts >= ", filter.from_ms), (" AND event.ts < ", filter.to_ms)] {
            if let Some(ms) = ms {
                self.push(operator);
                self.value(moment(ms));
            }
        }
    }

    /// Adds ` AND` the types and names of any of the selectors; nothing where that is every event.
    pub(super) fn names(&mut self, selectors: &[Selector]) {
        if selectors.iter().any(|selector| selector.sort.is_none() && selector.name.is_none()) {
            return;
        }
        for (place, selector) in selectors.iter().enumerate() {
            self.push(if place == 0 { " AND (" } else { " OR " });
            if let Some(sort) = selector.sort {
                self.push(&format!("event.type = '{}'", sort.as_str()));
            }
            if let Some(name) = &selector.name {
                self.push(if selector.sort.is_some() { " AND event.name = " } else { "event.name = " });
                self.value(name.clone());
            }
        }
        if !selectors.is_empty() {
            self.push(")");
        }
    }

    pub(super) fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.values.iter().map(|value| &**value as &(dyn ToSql + Sync)).collect()
    }
}

/// Unix milliseconds as PostgreSQL's moment. What lies behind the last that is ever stored is that one.
pub(super) fn moment(ms: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(ms.min(TIME_MS_MAX))
}

/// The reverse of [`moment`].
pub(super) fn milliseconds(moment: SystemTime) -> u64 {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
