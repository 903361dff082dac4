//! Completion scripts and manual pages, made from the same model as the parser.

use std::path::Path;

use super::{Exit, arguments::OutputArguments, output};

/// Prints a completion script.
pub fn completions(shell: clap_complete::Shell) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut super::command(), "outrigger", &mut script);
    output::bytes(&script);
    Exit::Ok
}

/// Writes a manual page for each command into `directory`.
pub fn man(directory: &Path) -> Exit {
    match clap_mangen::generate_to(super::command(), directory) {
        Ok(()) => {
            output::line(&format!("manual pages are in {}; read one with `man -l FILE`", directory.display()));
            Exit::Ok
        }
        Err(error) => {
            let message = format!("can't write the manual pages to {}: {error}", directory.display());
            OutputArguments::default().error("cli.man", &message, Some("name a folder that exists and can be written"));
            Exit::Failed
        }
    }
}
