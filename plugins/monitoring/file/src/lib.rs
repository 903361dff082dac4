//! Writes monitoring records as JSON lines into files that turn over.

mod settings;

use outrigger_plugin_api::{
    export_plugin,
    sdk::{
        Call, Health, Host, ProviderError, RunOn,
        monitoring::{Event, Severity},
        sink::{Record, SinkProvider, Verdict},
    },
};
use outrigger_record_lines::{self as record_lines, Lines, Rotating, Writer};

pub use settings::{Settings, Sync};

/// The provider: renders on the caller's thread, writes on its own.
#[derive(Debug)]
pub struct JsonFile {
    writer: Writer,
    level: Severity,
}

impl SinkProvider for JsonFile {
    type Body = Event;
    type Settings = Settings;
    // Nothing here waits but for the writing thread's answer.
    // Two would turn one file over, each at its own count.
    const EXCLUSIVE: bool = true;
    const RUN_ON: RunOn = RunOn::Caller;

    async fn start(settings: Settings, _host: Host) -> Result<Self, ProviderError> {
        settings.check()?;
        let shown = settings.path.display().to_string();
        let opened = Rotating::open(settings.path, settings.rotate_at.0, settings.keep, settings.sync.into());
        let file = opened.map_err(|error| ProviderError::settings(format!("`{shown}` can't be opened: {error}")))?;
        Ok(Self { writer: Writer::start("monitoring-file", file)?, level: settings.level })
    }

    async fn deliver(&self, _call: Call, batch: Vec<Record<Event>>) -> Result<Vec<Verdict>, ProviderError> {
        let mut lines = Lines::default();
        let own: Vec<_> = batch.iter().map(|record| self.render(record, &mut lines)).collect();
        let (mut left, reason) = match lines.ends.len() {
            0 => (0, String::new()),
            count => match self.writer.write(lines).await? {
                Ok(()) => (count, String::new()),
                Err(stopped) => (stopped.records, format!("could not write: {}", stopped.error)),
            },
        };
        let mut written = || match left.checked_sub(1) {
            Some(rest) => {
                left = rest;
                Verdict::Delivered
            }
            None => Verdict::Retry { after: None, reason: reason.clone() },
        };
        Ok(own.into_iter().map(|verdict| verdict.unwrap_or_else(&mut written)).collect())
    }

    async fn health(&self, _call: Call) -> Result<Health, ProviderError> {
        // Degraded, not failed: only the next delivery can find out that the fault is gone, so it has to come.
        Ok(self.writer.fault().map_or(Health::Serving, Health::Degraded))
    }

    async fn flush(&self, _call: Call) -> Result<(), ProviderError> {
        self.writer.flush().await
    }

    async fn shutdown(&self, _call: Call) -> Result<(), ProviderError> {
        self.writer.close().await;
        Ok(())
    }
}

impl JsonFile {
    /// Appends the record's line; or returns the verdict of one that gets none.
    fn render(&self, record: &Record<Event>, lines: &mut Lines) -> Option<Verdict> {
        if let Some(below) = record.body.below(self.level) {
            return Some(below);
        }
        let before = lines.bytes.len();
        if let Err(error) = record_lines::push(&mut lines.bytes, record) {
            lines.bytes.truncate(before);
            return Some(Verdict::Rejected(format!("can't be written as JSON: {error}")));
        }
        lines.ends.push(lines.bytes.len());
        None
    }
}

export_plugin! {
    monitoring: JsonFile,
    description: "Writes monitoring records as JSON lines into files that turn over",
    settings: include_str!("../settings.schema.json"),
}
