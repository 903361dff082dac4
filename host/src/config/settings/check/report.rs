//! Says what is wrong with a setting: by which path, where it was read, and what would be right.

use serde_json::Value as Json;

use super::Check;
use crate::config::settings::fill::Place;
use crate::config::settings::schema::Schema;
use crate::config::tree::Node;
use crate::config::{codes, unknown};
use crate::diagnostic::{Diagnostic, Origin};

impl Check<'_> {
    pub(super) fn unknown(&mut self, schema: Schema<'_>, name: &str, key: &Origin, place: &Place) {
        let valid: Vec<&str> = schema.properties().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
        let prefix = format!("{}.", self.request.path(&place.keys));
        let unknown = unknown::key(name, key, &prefix, &valid);
        self.found.push(unknown.note(self.plugin()));
    }

    pub(super) fn missing(&mut self, schema: Schema<'_>, name: &str, node: &Node, place: &Place) {
        let child = schema.child(name);
        let inner = place.child(name, child);
        if self.failed.contains(&inner.pointer) {
            return;
        }
        let path = self.request.path(&inner.keys);
        let code = if inner.secret { codes::SECRET_MISSING } else { codes::SETTING_MISSING };
        let provider = &self.request.provider.name;
        let written = format!("[providers.{provider}] settings.{}", inner.keys);
        let (message, help) = match child.and_then(Schema::env) {
            Some(env) => (
                format!("{env} is not set, and `{path}` needs it"),
                format!("set {env} in the environment, or write `{written} = {{ env = \"OTHER_NAME\" }}`"),
            ),
            None => {
                let example = child.and_then(Schema::example).map_or_else(|| "…".to_owned(), Json::to_string);
                (format!("`{path}` is required"), format!("write `{written} = {example}`"))
            }
        };
        let mut missing = Diagnostic::error(code, message).help(help).at(&node.origin);
        missing.notes.extend(self.request.notes());
        self.found.push(missing);
    }

    pub(super) fn refuse(&mut self, node: &Node, place: &Place, why: String, schema: Schema<'_>) {
        let path = self.request.path(&place.keys);
        let subject = match &node.origin {
            Origin::Env { name } | Origin::EnvFile { name, .. } => format!("{name} (`{path}`)"),
            _ => format!("`{path}`"),
        };
        let mut wrong =
            Diagnostic::error(codes::SETTING_INVALID, format!("{subject} {why}")).at(&node.origin).note(self.plugin());
        if let Some(example) = schema.example() {
            wrong = wrong.help(format!("write for example {example}"));
        }
        if !place.secret {
            wrong = wrong.plain();
        }
        self.found.push(wrong);
    }

    fn plugin(&self) -> String {
        let plugin = self.request.plugin;
        format!("plugin {} {} declares its settings, in {}", plugin.name, plugin.version, plugin.file.display())
    }
}
