//! What the command line may say.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    call::CallCommand, config::ConfigCommand, deadletter::DeadLetterArguments, journal::JournalArguments,
    plugin::PluginCommand, provider::ProviderArguments, receipt::ReceiptArguments,
};

/// Carries an app's cache, monitoring and analytics calls to provider plugins.
#[derive(Debug, Parser)]
#[command(name = "outrigger", version, about, propagate_version = true, arg_required_else_help = true)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Where the configuration comes from.
    #[command(flatten)]
    pub sources: SourceArguments,
    /// How answers are printed.
    #[command(flatten)]
    pub output: OutputArguments,
}

/// Where the configuration comes from.
#[derive(Debug, Clone, Default, Args)]
pub struct SourceArguments {
    /// The configuration file [default: plugins.toml here, or else beside the program]
    #[arg(long, short, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// A file of NAME=value lines, overridden by the process environment
    #[arg(long, global = true, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// Overrides one value, such as cache.provider=redis; may be repeated
    #[arg(long, global = true, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
}

/// How answers are printed.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct OutputArguments {
    /// For people or for programs
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// The forms of an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON document.
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Starts the providers and listens, until told to end
    Run,
    /// Checks the configuration and every plugin file without running any plugin
    Check,
    /// Shows the configuration in force, or its schema
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Shows the plugins in the plugin folders, and makes and tests new ones
    #[command(subcommand)]
    Plugin(PluginCommand),
    /// Shows and changes which providers the running host has
    Provider(ProviderArguments),
    /// Has the running host read its configuration again and put it in force, or say why not
    Reload(HostArguments),
    /// Calls a provider through the running host
    Call(CallArguments),
    /// Shows what became of an event at each provider
    Receipt(ReceiptArguments),
    /// Shows the journal, checks it, and replays from it
    Journal(JournalArguments),
    /// Shows, replays and purges what providers would not take
    Deadletter(DeadLetterArguments),
    /// Prints a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Writes the manual pages
    Man {
        /// Where to
        directory: PathBuf,
    },
}

/// A call to the running host.
#[derive(Debug, Args)]
pub struct CallArguments {
    /// What to call.
    #[command(subcommand)]
    pub command: CallCommand,
    /// Where the host is.
    #[command(flatten)]
    pub host: HostArguments,
}

/// Where the running host is.
#[derive(Debug, Args)]
pub struct HostArguments {
    /// The running host's address [default: listen.http of the configuration]
    #[arg(long, global = true, value_name = "URL")]
    pub url: Option<String>,
}
