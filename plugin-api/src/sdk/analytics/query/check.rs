//! Checks a question's bounds and names each member at fault by JSON pointer (RFC 6901).

use std::fmt;

use super::{By, Condition, Filter, Funnel, Question, Scalar, Selector, bounds};

/// One member that makes no sense. Displays as one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where it stands in the question.
    pub pointer: String,
    /// What would be right.
    pub detail: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.pointer, self.detail)
    }
}

impl Question {
    /// Returns what is wrong with the question's values; nothing where it can be asked. Time zones are the provider's to
    /// know, and cursors too.
    pub fn check(&self) -> Vec<Fault> {
        let mut check = Check(Vec::new());
        if let Some(filter) = self.filter() {
            check.filter(filter);
        }
        match self {
            Self::Counts(_) | Self::Retention(_) => {}
            Self::Top(top) => check.range("/limit", top.limit, bounds::ENTRIES_MAX),
            Self::Breakdown(breakdown) => check.by(&breakdown.by),
            Self::Funnel(funnel) => check.funnel(funnel),
            Self::Timeline(timeline) => {
                check.text("/user_id", &timeline.user_id);
                check.page(timeline.limit, timeline.cursor.as_deref());
            }
            Self::Live(live) => check.page(live.limit, live.cursor.as_deref()),
            Self::Export(export) => check.page(export.limit, export.cursor.as_deref()),
            Self::DeleteUser(delete) => check.text("/user_id", &delete.user_id),
        }
        if let Self::Retention(retention) = self {
            check.selector("/first", &retention.first);
            check.selector("/return", &retention.back);
        }
        check.0
    }
}

struct Check(Vec<Fault>);

impl Check {
    fn fault(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.0.push(Fault { pointer: pointer.into(), detail: detail.into() });
    }

    fn range(&mut self, pointer: &str, value: u32, most: u32) {
        if !(1..=most).contains(&value) {
            self.fault(pointer, format!("must be from 1 to {most}"));
        }
    }

    fn text(&mut self, pointer: &str, text: &str) {
        if text.is_empty() {
            self.fault(pointer, "must not be empty");
        } else if text.len() > bounds::TEXT_BYTES_MAX {
            self.fault(pointer, format!("has {} bytes; at most {} are taken", text.len(), bounds::TEXT_BYTES_MAX));
        }
    }

    fn count(&mut self, pointer: &str, count: usize, least: usize, most: usize) {
        if count < least || count > most {
            let wanted = if least == 0 { format!("at most {most}") } else { format!("{least} to {most}") };
            self.fault(pointer, format!("has {count} entries; {wanted} are taken"));
        }
    }

    fn page(&mut self, limit: u32, cursor: Option<&str>) {
        self.range("/limit", limit, bounds::PAGE_EVENTS_MAX);
        if let Some(cursor) = cursor {
            self.text("/cursor", cursor);
        }
    }

    fn by(&mut self, by: &By) {
        self.text("/by/property", &by.property);
        self.range("/by/limit", by.limit, bounds::ENTRIES_MAX);
    }

    fn funnel(&mut self, funnel: &Funnel) {
        self.count("/steps", funnel.steps.len(), 2, bounds::FUNNEL_STEPS_MAX);
        for (index, step) in funnel.steps.iter().enumerate() {
            self.selector(&format!("/steps/{index}"), step);
        }
        if !(1..=bounds::FUNNEL_WINDOW_MS_MAX).contains(&funnel.window_ms) {
            self.fault("/window_ms", format!("must be from 1 to {} (366 days)", bounds::FUNNEL_WINDOW_MS_MAX));
        }
        if let Some(by) = &funnel.by {
            self.by(by);
        }
    }

    fn filter(&mut self, filter: &Filter) {
        if let (Some(from), Some(to)) = (filter.from_ms, filter.to_ms)
            && from >= to
        {
            self.fault("/filter/to_ms", format!("must be later than from_ms, {from}"));
        }
        for (pointer, moment) in [("/filter/from_ms", filter.from_ms), ("/filter/to_ms", filter.to_ms)] {
            if moment.is_some_and(|moment| moment > bounds::TIME_MS_MAX) {
                self.fault(pointer, "must be unix milliseconds before the year 10000");
            }
        }
        self.count("/filter/events", filter.events.len(), 0, bounds::SELECTORS_MAX);
        for (index, selector) in filter.events.iter().enumerate() {
            self.selector(&format!("/filter/events/{index}"), selector);
        }
        self.conditions("/filter", &filter.conditions);
    }

    fn selector(&mut self, pointer: &str, selector: &Selector) {
        if let Some(name) = selector.name.as_deref().filter(|name| !name.is_empty()) {
            self.text(&format!("{pointer}/name"), name);
        }
        self.conditions(pointer, &selector.conditions);
    }

    fn conditions(&mut self, of: &str, conditions: &[Condition]) {
        self.count(&format!("{of}/where"), conditions.len(), 0, bounds::CONDITIONS_MAX);
        for (index, condition) in conditions.iter().enumerate() {
            let pointer = format!("{of}/where/{index}");
            self.text(&format!("{pointer}/property"), condition.property());
            match condition {
                Condition::Equals { value, .. } => self.scalar(&format!("{pointer}/value"), value),
                Condition::OneOf { values, .. } => {
                    self.count(&format!("{pointer}/values"), values.len(), 1, bounds::ONE_OF_MAX);
                    for (index, value) in values.iter().enumerate() {
                        self.scalar(&format!("{pointer}/values/{index}"), value);
                    }
                }
                _ => {}
            }
        }
    }

    fn scalar(&mut self, pointer: &str, value: &Scalar) {
        if let Scalar::Text(text) = value
            && text.len() > bounds::TEXT_BYTES_MAX
        {
            self.text(pointer, text);
        }
    }
}
