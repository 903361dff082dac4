//! `outrigger config`: the configuration in force, and its schema.

use clap::Subcommand;

use super::{
    Exit,
    arguments::{OutputArguments, SourceArguments},
    output::line,
};
use crate::{
    config::{self, CliSources, Draft, Origins, Sources},
    diagnostic::Diagnostics,
    host::{StartError, config_catalog, configure, sources},
    plugin::Catalog,
};

/// What to show.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Shows every value; secrets as set or not set
    Show {
        /// Also where each value comes from: a line of the file, a variable, the command line, or the default
        #[arg(long)]
        origin: bool,
    },
    /// Prints the JSON Schema of plugins.toml with the settings of the plugins here, for editors
    Schema,
}

impl SourceArguments {
    /// Collects what the process and these arguments say.
    ///
    /// # Errors
    /// Files that can't be read.
    pub fn read(&self) -> Result<Sources, StartError> {
        sources(CliSources { config: self.config.clone(), env_file: self.env_file.clone(), set: self.set.clone() })
    }
}

/// Shows the configuration.
pub fn config(command: ConfigCommand, arguments: &SourceArguments, output: OutputArguments) -> Exit {
    let sources = match arguments.read() {
        Ok(sources) => sources,
        Err(error) => return output.diagnostics(&error.0),
    };
    match command {
        ConfigCommand::Show { origin } => show(&sources, origin, output),
        ConfigCommand::Schema => schema(&sources),
    }
}

fn show(sources: &Sources, origin: bool, output: OutputArguments) -> Exit {
    match configure(sources) {
        Ok((config, _)) => {
            let origins = if origin { Origins::Named } else { Origins::Omitted };
            output.answer(&config.rows(), || config.show(origins).trim_end().to_owned());
            Exit::Ok
        }
        Err(error) => output.diagnostics(&error.0),
    }
}

/// A faulty file needs its schema most, so only the plugin folders are taken from it.
fn schema(sources: &Sources) -> Exit {
    let draft = Draft::read(sources, &mut Diagnostics::default());
    let catalog = config_catalog(&Catalog::read(draft.plugin_dirs()));
    line(&format!("{:#}", config::schema(&catalog.plugins)));
    Exit::Ok
}
