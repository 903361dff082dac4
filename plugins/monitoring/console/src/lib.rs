//! Prints monitoring records: for people on a terminal, as JSON lines anywhere else.

mod escape;
mod human;
mod output;
pub mod settings;

use outrigger_plugin_api::{
    export_plugin,
    sdk::{
        Call, Health, Host, ProviderError, RunOn,
        monitoring::{Event, Severity},
        sink::{Record, SinkProvider, Verdict},
    },
};

use outrigger_record_lines::{self as record_lines, Lines, Writer};

use human::Paint;
use output::Output;
use settings::{Color, Format, Settings};

/// The provider: renders on the caller's thread, writes on its own.
#[derive(Debug)]
pub struct Console {
    writer: Writer,
    form: Form,
    level: Severity,
}

/// The form chosen at the start.
#[derive(Debug, Clone, Copy)]
enum Form {
    Human(Paint),
    Json,
}

impl SinkProvider for Console {
    type Body = Event;
    type Settings = Settings;
    // Nothing here waits but for the writing thread's answer.
    const RUN_ON: RunOn = RunOn::Caller;

    async fn start(settings: Settings, _host: Host) -> Result<Self, ProviderError> {
        settings.check()?;
        let output = Output::open(&settings)?;
        let form = form(&settings, output.is_terminal());
        Ok(Self { writer: Writer::start("console", output)?, form, level: settings.level })
    }

    async fn deliver(&self, _call: Call, batch: Vec<Record<Event>>) -> Result<Vec<Verdict>, ProviderError> {
        let mut lines = Lines::default();
        let verdicts: Vec<_> = batch.iter().map(|record| self.render(record, &mut lines)).collect();
        if lines.ends.is_empty() {
            return Ok(verdicts.into_iter().flatten().collect());
        }
        let count = lines.ends.len();
        let (arrived, reason) = match self.writer.write(lines).await? {
            Ok(()) => (count, String::new()),
            Err(stopped) => (stopped.records, format!("could not write: {}", stopped.error)),
        };
        let mut place = 0;
        let written = || {
            place += 1;
            if place <= arrived { Verdict::Delivered } else { Verdict::Retry { after: None, reason: reason.clone() } }
        };
        Ok(fill(verdicts, written))
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

impl Console {
    /// Appends the record's lines; or returns the verdict of one that gets none.
    fn render(&self, record: &Record<Event>, lines: &mut Lines) -> Option<Verdict> {
        if let Some(below) = record.body.below(self.level) {
            return Some(below);
        }
        match self.form {
            Form::Human(paint) => {
                let mut text = String::new();
                human::push(&mut text, record, paint);
                lines.bytes.extend_from_slice(text.as_bytes());
            }
            Form::Json => {
                let before = lines.bytes.len();
                if let Err(error) = record_lines::push(&mut lines.bytes, record) {
                    lines.bytes.truncate(before);
                    return Some(Verdict::Rejected(format!("can't be written as JSON: {error}")));
                }
            }
        }
        lines.ends.push(lines.bytes.len());
        None
    }
}

/// Puts the writer's verdicts where the rendering left a gap.
fn fill(verdicts: Vec<Option<Verdict>>, mut written: impl FnMut() -> Verdict) -> Vec<Verdict> {
    verdicts.into_iter().map(|verdict| verdict.unwrap_or_else(&mut written)).collect()
}

fn form(settings: &Settings, terminal: bool) -> Form {
    let human = match settings.format {
        Format::Auto => terminal,
        Format::Human => true,
        Format::Json => false,
    };
    let plain_asked = settings.no_color.as_ref().is_some_and(|text| !text.is_empty());
    let ansi = match settings.color {
        Color::Auto => terminal && !plain_asked,
        Color::Always => true,
        Color::Never => false,
    };
    match (human, ansi) {
        (true, true) => Form::Human(Paint::Ansi),
        (true, false) => Form::Human(Paint::Plain),
        (false, _) => Form::Json,
    }
}

export_plugin! {
    monitoring: Console,
    description: "Prints monitoring records for people or as JSON lines",
    settings: include_str!("../settings.schema.json"),
}
