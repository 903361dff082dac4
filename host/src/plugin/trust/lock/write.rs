//! Writes the text of a lock file: the same content is always the same text, and a target is a line, so that a diff shows
//! what changed and nothing else.

use std::fmt::Write;

use super::{FORM, Lock, Locked};

const HEAD: &str = "\
# The content of each plugin, by target. Written by `outrigger plugin lock`; commit it beside plugins.toml.
# A plugin that is named here and has another content is not loaded.
";

impl Lock {
    /// Returns the file's text.
    pub fn text(&self) -> String {
        let mut text = format!("{HEAD}version = {FORM}\n");
        for locked in &self.plugins {
            write(&mut text, locked);
        }
        text
    }
}

/// Writing to a String can't fail.
fn write(text: &mut String, locked: &Locked) {
    let _ = write!(text, "\n[[plugin]]\nname = {}\nversion = {}\n", quoted(&locked.name), quoted(&locked.version));
    if let Some(origin) = &locked.origin {
        let _ = writeln!(text, "origin = {}", quoted(origin));
    }
    text.push_str("files = [\n");
    for pinned in &locked.files {
        let (target, file) = (quoted(&pinned.target), quoted(&pinned.file));
        let sha256 = &pinned.sha256;
        let bytes = pinned.bytes;
        let _ = writeln!(text, "  {{ target = {target}, file = {file}, bytes = {bytes}, sha256 = \"{sha256}\" }},");
    }
    text.push_str("]\n");
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
