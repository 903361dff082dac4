//! A provider's settings: filled from the file, references and declared variables, checked against the schema its
//! plugin declares, without running the plugin.
//!
//! `x-env` names the variable that fills or overrides a setting; `x-secret` says that its value is never shown.
//! The rest is a documented subset of JSON Schema ([`keywords`]).

mod check;
mod convert;
mod fill;
mod keywords;
mod rules;
mod schema;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::path::Path;

use serde_json::Value as Json;

use self::schema::Schema;
use super::catalog::PluginFacts;
use super::environment::Environment;
use super::section::select::{Selected, selector};
use super::show::Row;
use super::tree::Node;
use crate::diagnostic::{Diagnostic, Diagnostics, Origin, Severity};

pub(super) use keywords::SUBSET;

/// How deep settings may nest. TOML stops at 80; no plugin needs more than a few.
const DEPTH_MAX: usize = 64;

/// How many values are compared with schemas for one provider: a schema whose alternatives name the schema itself
/// would otherwise take exponential time. Honest settings take hundreds.
const STEPS_MAX: u32 = 20_000;

/// The settings of one provider.
pub(super) struct Resolved {
    /// What the plugin gets.
    pub(super) json: Json,
    /// JSON pointers of the values in it that are secret.
    pub(super) secret_paths: Vec<String>,
}

impl Resolved {
    /// Returns the settings of a plugin that can't be started.
    pub(super) fn none() -> Self {
        Self { json: Json::Object(serde_json::Map::new()), secret_paths: Vec::new() }
    }
}

/// For whom settings are resolved; everything a message needs to say who wants what.
pub(super) struct Request<'q> {
    pub(super) provider: &'q Selected,
    pub(super) plugin: &'q PluginFacts,
    pub(super) base: &'q Path,
    pub(super) environment: &'q Environment,
}

impl Request<'_> {
    /// Says who wants something and why it runs at all.
    fn notes(&self) -> [String; 2] {
        let Selected { name, kind, by } = self.provider;
        let (key, variable) = selector(*kind);
        let selected = match by {
            Origin::Default => format!("it is the default of `{key}` ({variable} overrides it)"),
            Origin::File { .. } | Origin::CommandLine { .. } => {
                format!("it is selected by `{key}` at {by}")
            }
            Origin::Env { .. } | Origin::EnvFile { .. } => format!("it is selected by {by}"),
        };
        let PluginFacts { name: plugin, version, .. } = self.plugin;
        [format!("wanted by {kind} provider `{name}` (plugin {plugin} {version})"), selected]
    }

    /// Returns the name that messages use for a place in the settings.
    fn path(&self, keys: &str) -> String {
        let dot = if keys.is_empty() { "" } else { "." };
        format!("providers.{}.settings{dot}{keys}", self.provider.name)
    }
}

/// Fills and checks the settings of one provider. After an error the JSON is incomplete and must not be used.
pub(super) fn resolve(
    request: &Request<'_>,
    written: Option<&Node>,
    rows: &mut Vec<Row>,
    found: &mut Diagnostics,
) -> Resolved {
    let root = Schema::root(&request.plugin.settings);
    found.append(keywords::check(request.plugin));
    let mut fill = fill::Fill { request, found, failed: Vec::new() };
    let filled = fill.node(root, written, &fill::Place::default(), 0);
    let failed = fill.failed;
    let filled = filled.unwrap_or_else(|| check::empty(request));
    let steps = Cell::new(STEPS_MAX);
    let mut check = check::Check { request, steps: &steps, failed: &failed, found, secret_paths: Vec::new(), rows };
    let json = check.node(root, &filled, &fill::Place::default(), 0);
    Resolved { json, secret_paths: check.secret_paths }
}

/// Checks the settings of a provider that nobody selected: unknown keys only, since its variables aren't set.
pub(super) fn check_unused(request: &Request<'_>, written: &Node, found: &mut Diagnostics) {
    let mut all = Diagnostics::new();
    let (mut rows, failed) = (Vec::new(), Vec::new());
    let steps = Cell::new(STEPS_MAX);
    let mut check = check::Check {
        request,
        steps: &steps,
        failed: &failed,
        found: &mut all,
        secret_paths: Vec::new(),
        rows: &mut rows,
    };
    check.node(Schema::root(&request.plugin.settings), written, &fill::Place::default(), 0);
    let unknown = |one: &&Diagnostic| {
        one.severity == Severity::Error && matches!(one.code, super::codes::UNKNOWN_KEY | super::codes::KEY_GONE)
    };
    all.iter().filter(unknown).for_each(|one| found.push(one.clone()));
}
