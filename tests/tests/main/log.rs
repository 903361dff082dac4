//! Counts what this process logs for its plugins, for tests that ask what became of their lines.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{LazyLock, Mutex},
};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    filter::LevelFilter,
    layer::{Context, SubscriberExt},
    util::SubscriberInitExt,
};

/// What was logged of one provider under one text or code: how often, and the sum of the field `lines`.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Logged {
    pub(crate) times: u64,
    pub(crate) lines: u64,
}

static LOGGED: LazyLock<Mutex<BTreeMap<(String, String), Logged>>> = LazyLock::new(Mutex::default);

/// Begins to count; every test of the process then writes to the same counts, so they use provider names of their own.
pub(crate) fn count() {
    static BEGUN: LazyLock<()> =
        LazyLock::new(|| tracing_subscriber::registry().with(Counting.with_filter(LevelFilter::INFO)).init());
    *BEGUN
}

/// Returns what was logged of `provider` with this code, or with this text where it had none.
pub(crate) fn logged(provider: &str, said: &str) -> Logged {
    LOGGED.lock().unwrap().get(&(provider.to_owned(), said.to_owned())).copied().unwrap_or_default()
}

struct Counting;

impl<S: Subscriber> Layer<S> for Counting {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let Some(provider) = fields.provider else { return };
        let said = fields.code.or(fields.message).unwrap_or_default();
        let mut logged = LOGGED.lock().unwrap();
        let entry = logged.entry((provider, said)).or_default();
        entry.times += 1;
        entry.lines += fields.lines;
    }
}

#[derive(Default)]
struct Fields {
    provider: Option<String>,
    code: Option<String>,
    message: Option<String>,
    lines: u64,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.message = Some(format!("{value:?}"));
        }
    }
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "provider" => self.provider = Some(value.to_owned()),
            "code" => self.code = Some(value.to_owned()),
            _ => {}
        }
    }
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "lines" {
            self.lines = value;
        }
    }
}
