//! `outrigger plugin test`: runs the conformance suite of a plugin's kind and the faults of the seam over its library.
//!
//! The library runs in a child process, this program once more, so that a plugin that crashes or hangs is a line in a
//! table. Records and keys really go to the backend that the settings name.

mod child;
mod message;
mod parent;
mod report;
mod setup;

use std::{path::PathBuf, time::Duration};

use clap::Args;
use outrigger_plugin_api::units::HumanDuration;

use super::super::{
    Exit,
    arguments::{OutputArguments, SourceArguments},
};

/// What to test.
#[derive(Debug, Args)]
pub struct TestArguments {
    /// The plugin's library; its settings come from --settings, from --set KEY=VALUE, and from the variables it declares
    file: PathBuf,
    /// A TOML file with the provider's settings, as they stand below [providers.NAME.settings]
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// How long one case may take before the plugin counts as hung
    #[arg(long, value_name = "DURATION", default_value = "90s", value_parser = duration)]
    patience: HumanDuration,
    /// Makes this the child, whose messages begin with this word
    #[arg(long, hide = true, value_name = "WORD", requires = "store")]
    child: Option<String>,
    /// Where the child puts what a host keeps
    #[arg(long, hide = true, value_name = "FOLDER")]
    store: Option<PathBuf>,
}

fn duration(text: &str) -> Result<HumanDuration, String> {
    let read: HumanDuration = text.parse().map_err(|error| format!("{error}"))?;
    if read.0 < Duration::from_millis(1) { Err("has to be at least 1ms".to_owned()) } else { Ok(read) }
}

/// Runs the tests, here or in the child.
pub(super) fn test(arguments: &TestArguments, sources: &SourceArguments, output: OutputArguments) -> Exit {
    match (&arguments.child, &arguments.store) {
        (Some(word), Some(store)) => child::run(arguments, sources, word, store),
        _ => parent::run(arguments, sources, output),
    }
}
