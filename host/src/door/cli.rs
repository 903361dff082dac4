//! The command line: one file a command, JSON on request, documented exit codes.

mod arguments;
mod call;
mod check;
mod client;
mod completions;
mod config;
mod deadletter;
mod exit;
mod journal;
mod output;
mod plugin;
mod provider;
mod receipt;
mod run;
mod welcome;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

pub use arguments::{Arguments, Command};
pub use exit::Exit;

/// Runs the program: reads the command line, does what it says, returns the exit code.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let exit = match arguments.command {
        Command::Run => run::run(&arguments.sources, arguments.output),
        Command::Check => check::check(&arguments.sources, arguments.output),
        Command::Config(command) => config::config(command, &arguments.sources, arguments.output),
        Command::Plugin(command) => plugin::plugin(command, &arguments.sources, arguments.output),
        Command::Provider(what) => provider::provider(what, &arguments.sources, arguments.output),
        Command::Reload(host) => provider::reload(host, &arguments.sources, arguments.output),
        Command::Call(command) => call::call(command, &arguments.sources, arguments.output),
        Command::Receipt(which) => receipt::receipt(which, &arguments.sources, arguments.output),
        Command::Journal(what) => journal::journal(what, &arguments.sources, arguments.output),
        Command::Deadletter(what) => deadletter::deadletter(what, &arguments.sources, arguments.output),
        Command::Completions { shell } => completions::completions(shell),
        Command::Man { directory } => completions::man(&directory),
    };
    exit.into()
}

/// Returns the whole command line as a model, for completions, manual pages and the reference.
pub fn command() -> clap::Command {
    Arguments::command()
}

#[cfg(test)]
mod tests;
