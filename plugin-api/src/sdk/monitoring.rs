//! The monitoring model: errors, messages, events, logs, spans, check-ins, sessions.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::sink::{Body, Verdict};
use crate::manifest::Kind;

mod context;
mod exception;
mod session;

pub use context::{Breadcrumb, Context, Request, User};
pub use exception::{Exception, Frame};
pub use session::{SESSION_URL_HEADER, SESSION_URL_TAG};

/// A JSON object.
pub type Object = Map<String, Value>;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Details for a developer.
    Debug,
    /// Normal.
    Info,
    /// Odd, but handled.
    Warning,
    /// Something failed.
    #[default]
    Error,
    /// The app can't go on.
    Fatal,
}

impl Severity {
    /// Returns the name used in settings and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }
}

/// How a check-in or session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Running.
    InProgress,
    /// Ended well.
    Ok,
    /// Ended badly.
    Error,
    /// Ended by a crash.
    Crashed,
    /// Did not end in time.
    Timeout,
}

/// One monitoring record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// An error with its chain of exceptions, outermost first.
    Error {
        /// The chain; at least one.
        exceptions: Vec<Exception>,
        /// Whether the app caught it.
        #[serde(default)]
        handled: bool,
        /// Strings that group like errors; empty = the provider's own grouping.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fingerprint: Vec<String>,
        /// Circumstances.
        #[serde(flatten)]
        context: Box<Context>,
    },
    /// Something happened, with a name and properties (`log_event`).
    Event {
        /// Its name.
        name: String,
        /// Its details.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        properties: Object,
        /// Circumstances.
        #[serde(flatten)]
        context: Box<Context>,
    },
    /// A log line.
    Log {
        /// The text.
        message: String,
        /// Structured fields.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        fields: Object,
        /// Circumstances.
        #[serde(flatten)]
        context: Box<Context>,
    },
    /// A timed piece of work, such as one HTTP request.
    Span {
        /// What was done, such as `GET /users/{id}`.
        name: String,
        /// The sort of work, such as `http.server`.
        operation: String,
        /// Unix microseconds at the start.
        start_us: u64,
        /// Microseconds it took.
        duration_us: u64,
        /// Whether it went well.
        status: Status,
        /// Structured fields.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        fields: Object,
        /// Circumstances.
        #[serde(flatten)]
        context: Box<Context>,
    },
    /// A periodic job reports.
    CheckIn {
        /// The job's name.
        monitor: String,
        /// How it stands.
        status: Status,
        /// Microseconds it took, once ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        duration_us: Option<u64>,
        /// Circumstances.
        #[serde(flatten)]
        context: Box<Context>,
    },
    /// A user session began, went on or ended.
    Session {
        /// The session's id.
        session_id: String,
        /// How it stands.
        status: Status,
        /// Errors so far.
        #[serde(default)]
        errors: u32,
        /// Circumstances.
        #[serde(flatten)]
        context: Box<Context>,
    },
}

impl Event {
    /// Returns the circumstances, which every sort carries.
    pub const fn context(&self) -> &Context {
        match self {
            Self::Error { context, .. }
            | Self::Event { context, .. }
            | Self::Log { context, .. }
            | Self::Span { context, .. }
            | Self::CheckIn { context, .. }
            | Self::Session { context, .. } => context,
        }
    }

    /// Returns how bad it is: what the record says, else its sort's own. Errors are errors; failed check-ins and crashed
    /// sessions too; failed spans are warnings, because the error behind one is a record of its own; all else is info.
    pub fn severity(&self) -> Severity {
        self.context().severity.unwrap_or_else(|| match self {
            Self::Error { .. } => Severity::Error,
            Self::Span { status, .. } => status.severity(Severity::Warning),
            Self::CheckIn { status, .. } | Self::Session { status, .. } => status.severity(Severity::Error),
            Self::Event { .. } | Self::Log { .. } => Severity::Info,
        })
    }
}

impl Event {
    /// Returns the verdict of a record that is less severe than the settings ask for, which is not sent.
    pub fn below(&self, level: Severity) -> Option<Verdict> {
        let severity = self.severity();
        (severity < level).then(|| {
            let (severity, level) = (severity.as_str(), level.as_str());
            Verdict::DroppedByVendor(format!("`{severity}` is below the level `{level}` of the settings"))
        })
    }
}

impl Status {
    const fn severity(self, bad: Severity) -> Severity {
        match self {
            Self::InProgress | Self::Ok => Severity::Info,
            Self::Error | Self::Crashed | Self::Timeout => bad,
        }
    }
}

/// The numbers of the sorts, for [`Sorts`](super::sink::Sorts).
pub mod sort {
    /// `error`.
    pub const ERROR: u16 = 1;
    /// `event`.
    pub const EVENT: u16 = 2;
    /// `log`.
    pub const LOG: u16 = 3;
    /// `span`.
    pub const SPAN: u16 = 4;
    /// `check_in`.
    pub const CHECK_IN: u16 = 5;
    /// `session`.
    pub const SESSION: u16 = 6;
}

impl Body for Event {
    const KIND: Kind = Kind::Monitoring;
    fn sort(&self) -> u16 {
        match self {
            Self::Error { .. } => sort::ERROR,
            Self::Event { .. } => sort::EVENT,
            Self::Log { .. } => sort::LOG,
            Self::Span { .. } => sort::SPAN,
            Self::CheckIn { .. } => sort::CHECK_IN,
            Self::Session { .. } => sort::SESSION,
        }
    }
}
