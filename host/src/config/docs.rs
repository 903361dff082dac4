//! Writes the reference documentation from the tables that drive the parsing.

use std::fmt::Write;

use super::{section, settings};

const HEAD: &str = "<!-- Generated from host/src/config; `UPDATE_DOCS=1 cargo test -p outrigger config::tests::docs` writes it anew. -->\n";

/// Returns `docs/reference/configuration.md`.
#[must_use]
pub fn reference() -> String {
    let mut out = format!("# Configuration reference\n\n{HEAD}\n{INTRODUCTION}\n");
    for section in section::ALL.iter().chain([&section::provider::SECTION]) {
        write_section(&mut out, section);
    }
    out.push_str(SETTINGS);
    out.push_str("\n## Schema subset\n\nWhat the host checks of a plugin's settings schema:\n\n");
    out.push_str("| Keyword | Meaning |\n|---|---|\n");
    for (keyword, meaning) in settings::SUBSET {
        let _ = writeln!(out, "| `{keyword}` | {meaning} |");
    }
    out.push_str(EXTENSIONS);
    out
}

fn write_section(out: &mut String, section: &section::Section) {
    // Headings are plain words, so that their anchors are the ones error messages link to.
    let heading = section.title.replace('.', " ");
    let _ = writeln!(out, "\n## {heading}\n\n{}", section.about);
    for key in section.keys {
        let _ = writeln!(out, "\n### `{}`\n\n{}\n", key.path(), key.doc());
        let _ = writeln!(out, "- value: {}", key.expects());
        let _ = writeln!(out, "- default: {}", key.default());
        if let Some((low, high)) = key.bounds() {
            let _ = writeln!(out, "- bounds: `{low}` to `{high}`");
        }
        if let Some(variable) = key.env() {
            let _ = writeln!(out, "- variable: `{variable}`");
        }
    }
}

const INTRODUCTION: &str = "\
The host reads `plugins.toml` from `--config`, or else from the current folder, or else from the folder of the program. \
Without any file it runs on the defaults below.

A value comes from the highest of these that gives one: default, `plugins.toml`, the file given by `--env-file`, the \
process environment, `--set path=value`. `outrigger config show --origin` prints each value with its source. A variable \
that is set but empty is an error.

Durations are written with a unit (`ns`, `us`, `ms`, `s`, `m`, `h`, `d`), sizes too (`B`, `KiB`, `MiB`, `GiB`, `TiB`). \
A bare number is an error. Text is never interpolated: in the place of a setting's value (and of `auth.token`) stands \
`{ env = \"NAME\" }` or `{ file = \"path\" }`; a file's trailing line break is dropped, and relative paths start at the \
folder of `plugins.toml`.

The env file has one `NAME=value` a line, with optional `export`, `#` comments and quotes. In double quotes `\\n`, \
`\\\"`, `\\\\` and `\\$` are escapes; in single quotes nothing is. `$` substitution is refused.

The right side of `--set` is TOML if it is valid TOML, otherwise plain text: `--set log.level=debug`, \
`--set 'monitoring.providers=[\"console\"]'`.
";

const SETTINGS: &str = "
### `settings`

The plugin's own settings, checked against the schema that `outrigger plugin inspect NAME` prints. A setting may \
declare a variable, such as `SENTRY_DSN`: it fills the setting, and overrides what the file says, unless the file has a \
reference in that place. A reference names its source itself, which is how one plugin runs twice with two secrets. From \
a variable, numbers and booleans are parsed and lists are separated by commas.
";

const EXTENSIONS: &str = "
Three extensions: `x-env` names the variable that fills the setting, `x-secret: true` keeps its value out of every \
message, log and listing, and `x-egress` lets the plugin reach, over the HTTP that the host runs for it, the origin that \
the value names: `true` where the value is a URL, or a list of URLs in which `{}` stands for the value. Any other keyword is a warning (`config.schema_unsupported`); the plugin itself still checks \
the setting when it starts.
";
