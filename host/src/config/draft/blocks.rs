//! Checks of the draft that look at more than one key: assignments, blocks, names.

use super::PROVIDERS;
use crate::config::codes;
use crate::config::key::check_keys;
use crate::config::section::provider::{self as block, SETTINGS};
use crate::config::section::select::Selected;
use crate::config::tree::{self, Node, Table};
use crate::diagnostic::{Diagnostic, Diagnostics, Origin};

/// Puts one `--set path=value` into the tree.
pub(super) fn assign(root: &mut Table, assignment: &str, found: &mut Diagnostics) {
    let parts =
        assignment.split_once('=').and_then(|(path, value)| Some((tree::parse_path(path.trim())?, path, value)));
    let Some((keys, path, value)) = parts else {
        // Only what stands before `=` is shown: the rest may be a secret.
        let shown = assignment.split('=').next().unwrap_or_default();
        let message = format!("`--set {shown}` is not `path=value`");
        found.push(Diagnostic::error(codes::COMMAND_LINE, message).help("write for example `--set log.level=debug`"));
        return;
    };
    let origin = Origin::CommandLine { path: path.trim().to_owned() };
    root.assign(&keys, tree::parse_value(value, &origin));
}

/// Returns the blocks by name after checking their keys.
pub(super) fn blocks<'r>(root: &'r Table, found: &mut Diagnostics) -> Vec<(String, &'r Table)> {
    let Some(providers) = root.node(PROVIDERS) else {
        return Vec::new();
    };
    let refuse = |path: &str, node: &Node| {
        let message = format!("`{path}` must be a table, not {}", node.kind());
        Diagnostic::error(codes::VALUE_INVALID, message).at(&node.origin)
    };
    let Some(table) = providers.table() else {
        found.push(refuse(PROVIDERS, providers));
        return Vec::new();
    };
    let mut blocks = Vec::new();
    for entry in &table.entries {
        let path = format!("{PROVIDERS}.{}", entry.name);
        let Some(block) = entry.node.table() else {
            found.push(refuse(&path, &entry.node));
            continue;
        };
        check_keys(block, &format!("{path}."), &block::paths(), found);
        if let Some(settings) = block.node(SETTINGS).filter(|settings| settings.table().is_none()) {
            found.push(refuse(&format!("{path}.{SETTINGS}"), settings));
            continue;
        }
        blocks.push((entry.name.clone(), block));
    }
    blocks
}

/// Reports names that are selected more than once: a name stands for one instance everywhere.
pub(super) fn check_unique(selected: &[Selected], found: &mut Diagnostics) {
    for (at, one) in selected.iter().enumerate() {
        let Some(first) = selected.iter().take(at).find(|before| before.name == one.name) else {
            continue;
        };
        let (name, kind) = (&one.name, one.kind);
        let twice = if first.kind == kind {
            Diagnostic::error(codes::PROVIDER_TWICE, format!("the {kind} provider `{name}` is selected twice"))
                .help("remove one of them")
        } else {
            let message = format!("`{name}` is selected as {} provider and as {kind} provider", first.kind);
            Diagnostic::error(codes::PROVIDER_TWICE, message).help(format!(
                "select one of them as `{name}_{kind}` and add `[providers.{name}_{kind}] plugin = \"{kind}_{name}\"`"
            ))
        };
        found.push(twice.at(&one.by).plain());
    }
}
