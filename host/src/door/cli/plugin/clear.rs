//! `outrigger plugin clear`: forgets that a provider crashed the host, so that it is started again.

use clap::Args;
use serde_json::json;

use super::{Exit, Folders};
use crate::{crash::Counts, door::cli::arguments::OutputArguments};

/// Whose crashes to forget.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct ClearArguments {
    /// The provider's name in plugins.toml, such as redis
    name: Option<String>,
    /// Every provider
    #[arg(long)]
    all: bool,
}

/// Forgets crashes. A running host starts the provider when it reads its configuration again.
pub fn clear(arguments: &ClearArguments, folders: &Folders, output: OutputArguments) -> Exit {
    let folder = folders.crashes();
    let mut counts = match Counts::read(&folder) {
        Ok(counts) => counts,
        // What can't be read counts for nothing anyway, and is replaced.
        Err(_) if arguments.all => Counts::default(),
        Err(error) => return failed(output, &format!("can't read the counts in {}: {error}", folder.display())),
    };
    let names: Vec<String> = match &arguments.name {
        Some(name) => vec![name.clone()],
        None => counts.all().map(|(name, _)| name.clone()).collect(),
    };
    let cleared: Vec<_> = names.into_iter().filter(|name| counts.clear(name)).collect();
    if let (true, Some(name)) = (cleared.is_empty(), &arguments.name) {
        let message = format!("no crash of a provider `{name}` is counted");
        output.error("plugin.not_crashed", &message, Some("`outrigger plugin list` names those that are"));
        return Exit::NotFound;
    }
    if folder.is_dir()
        && let Err(error) = counts.write(&folder)
    {
        return failed(output, &format!("can't write the counts in {}: {error}", folder.display()));
    }
    output.answer(&json!({ "cleared": cleared }), || match cleared.as_slice() {
        [] => "no crash is counted".to_owned(),
        names => format!(
            "forgot the crashes of {}; started again by `outrigger reload`, or at the next start",
            names.join(", ")
        ),
    });
    Exit::Ok
}

fn failed(output: OutputArguments, message: &str) -> Exit {
    output.error("plugin.clear_failed", message, Some("`outrigger plugin clear --all` writes the file anew"));
    Exit::Failed
}
