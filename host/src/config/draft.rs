//! The two steps from sources to a configuration: read everything but settings, then resolve against plugins.

mod blocks;

use std::path::{Path, PathBuf};

use super::catalog::Catalog;
use super::environment::Environment;
use super::key::{Reader, check_keys};

use super::section::provider::{self as block, Block, SETTINGS};
use super::section::select::{self, Selected};
use super::section::{auth, journal, limits, listen, log, outbound, redis, reload, shutdown, store, trust};
use super::show::Row;
use super::tree::{self, Node, Table};
use super::{Config, Kind, ProviderConfig, Sources, provider, section, settings};
use crate::diagnostic::Diagnostics;
use blocks::{assign, blocks, check_unique};

/// The table that holds the providers' blocks.
const PROVIDERS: &str = "providers";

/// Everything the sources say, checked as far as it goes without knowing any plugin.
#[derive(Debug)]
pub struct Draft {
    base: PathBuf,
    environment: Environment,
    chosen: Vec<Chosen>,
    unused: Vec<Unused>,
    /// Complete but for its providers.
    config: Config,
}

/// A selected provider with its block.
#[derive(Debug)]
struct Chosen {
    selected: Selected,
    block: Block,
    settings: Option<Node>,
}

/// A block whose provider nobody selected.
#[derive(Debug)]
struct Unused {
    name: String,
    plugin: Option<String>,
    settings: Node,
}

impl Draft {
    /// Reads the sources. Always returns a draft, so that plugins can be looked at even if something is wrong.
    #[must_use]
    pub fn read(sources: &Sources, found: &mut Diagnostics) -> Self {
        let mut root = sources.file.as_ref().map(|file| tree::parse(file, found)).unwrap_or_default();
        for assignment in &sources.set {
            assign(&mut root, assignment, found);
        }
        let paths = section::ALL.iter().flat_map(|section| section.keys.iter().map(|key| key.path()));
        check_keys(&root, "", &paths.chain(["providers.*"]).collect::<Vec<_>>(), found);
        let mut rows = Vec::new();
        let mut reader = Reader {
            table: Some(&root),
            prefix: String::new(),
            environment: &sources.environment,
            found,
            rows: &mut rows,
        };
        let plugin_dirs = reader.read(&select::PLUGIN_DIRS).value;
        let selected = select::read(&mut reader);
        let (listen, listeners) = listen::read(&mut reader);
        let token_given = auth::is_given(&reader);
        let auth = auth::read(&mut reader, &sources.base);
        let config = Config {
            providers: Vec::new(),
            listen,
            auth,
            limits: limits::read(&mut reader),
            redis: redis::read(&mut reader, &sources.base),
            log: log::read(&mut reader),
            reload: reload::read(&mut reader),
            shutdown: shutdown::read(&mut reader),
            store: store::read(&mut reader, &sources.base),
            journal: journal::read(&mut reader, &sources.base),
            outbound: outbound::read(&mut reader, &sources.base),
            trust: trust::read(&mut reader, &sources.base),
            plugin_dirs: plugin_dirs.into_iter().map(|dir| sources.base.join(dir)).collect(),
            rows: Vec::new(),
        };
        auth::check(token_given, &listeners, found);
        check_unique(&selected, found);
        let blocks = blocks(&root, found);
        let mut draft = Self {
            base: sources.base.clone(),
            environment: sources.environment.clone(),
            chosen: Vec::new(),
            unused: Vec::new(),
            config: Config { rows, ..config },
        };
        draft.read_blocks(selected, &blocks, found);
        draft
    }

    /// Returns the folders to look for plugins in.
    #[must_use]
    pub fn plugin_dirs(&self) -> &[PathBuf] {
        &self.config.plugin_dirs
    }

    /// Returns the journal's folder, where crashes are counted too.
    #[must_use]
    pub fn journal_dir(&self) -> &Path {
        &self.config.journal.dir
    }

    /// Returns where a host of this configuration listens, and the token it asks for.
    #[must_use]
    pub fn listen(&self) -> (&super::Listen, Option<&super::Secret>) {
        (&self.config.listen, self.config.auth.token.as_ref())
    }

    /// Returns which plugins are trusted.
    #[must_use]
    pub fn trust(&self) -> &super::Trust {
        &self.config.trust
    }

    /// Returns the provider that this plugin runs, of those that are selected or have a block.
    #[must_use]
    pub fn user_of(&self, plugin: &str) -> Option<&str> {
        let chosen = self.chosen.iter().find(|one| match &one.block.plugin {
            Some(named) => named == plugin,
            None => format!("{}_{}", one.selected.kind, one.selected.name) == plugin,
        });
        let unused = || self.unused.iter().find(|unused| unused.plugin.as_deref() == Some(plugin));
        chosen.map(|one| one.selected.name.as_str()).or_else(|| unused().map(|unused| unused.name.as_str()))
    }

    /// Returns what the log section says, so that logging can begin before plugins are looked at.
    #[must_use]
    pub fn log(&self) -> &super::Log {
        &self.config.log
    }

    /// Checks the selection and the settings against what the folders hold.
    ///
    /// Returns `None` if `found` then holds any error, from this step or from before.
    #[must_use]
    pub fn resolve(&self, catalog: &Catalog, found: &mut Diagnostics) -> Option<Config> {
        let mut config = self.config.clone();
        for Chosen { selected, block, settings } in &self.chosen {
            if let Some(plugin) = provider::refused(selected, block, catalog) {
                config.providers.push(ProviderConfig::new(selected, block, &plugin, settings::Resolved::none()));
                continue;
            }
            match provider::find(selected, block, catalog) {
                Ok(plugin) => {
                    let request = settings::Request {
                        provider: selected,
                        plugin,
                        base: &self.base,
                        environment: &self.environment,
                    };
                    let settings = settings::resolve(&request, settings.as_ref(), &mut config.rows, found);
                    config.providers.push(ProviderConfig::new(selected, block, plugin, settings));
                }
                Err(problem) => found.push(*problem),
            }
        }
        for unused in &self.unused {
            self.check_unused(unused, catalog, found);
        }
        (!found.has_errors()).then_some(config)
    }

    fn check_unused(&self, unused: &Unused, catalog: &Catalog, found: &mut Diagnostics) {
        let Unused { name, plugin, settings } = unused;
        let candidates = Kind::ALL.map(|kind| (kind, format!("{kind}_{name}")));
        let named = plugin.as_deref().and_then(|name| catalog.plugin(name));
        let by_name = || candidates.iter().find_map(|(_, name)| catalog.plugin(name));
        let Some(plugin) = named.or_else(by_name) else {
            return;
        };
        let kind = plugin.kinds.first().copied().unwrap_or(Kind::Cache);
        let provider = Selected { name: name.clone(), kind, by: settings.origin.clone() };
        let request =
            settings::Request { provider: &provider, plugin, base: &self.base, environment: &self.environment };
        settings::check_unused(&request, settings, found);
    }

    fn read_blocks(&mut self, selected: Vec<Selected>, blocks: &[(String, &Table)], found: &mut Diagnostics) {
        let mut unused_rows = Vec::new();
        for (name, table) in blocks.iter().filter(|(name, _)| !selected.iter().any(|one| one.name == *name)) {
            // The kind only chooses defaults, which are thrown away, and whether there are deliveries.
            let block = self.read_block(name, Some(table), Kind::Analytics, &mut unused_rows, found);
            if let Some(settings) = table.node(SETTINGS) {
                let settings = settings.clone();
                self.unused.push(Unused { name: name.clone(), plugin: block.plugin, settings });
            }
        }
        for selected in selected {
            let table = blocks.iter().find(|(name, _)| *name == selected.name).map(|(_, table)| *table);
            let mut rows = std::mem::take(&mut self.config.rows);
            let block = self.read_block(&selected.name, table, selected.kind, &mut rows, found);
            self.config.rows = rows;
            let settings = table.and_then(|table| table.node(SETTINGS)).cloned();
            self.chosen.push(Chosen { selected, block, settings });
        }
    }

    fn read_block(
        &self,
        name: &str,
        table: Option<&Table>,
        kind: Kind,
        rows: &mut Vec<Row>,
        found: &mut Diagnostics,
    ) -> Block {
        let prefix = format!("{PROVIDERS}.{name}.");
        block::read(&mut Reader { table, prefix, environment: &self.environment, found, rows }, kind)
    }
}
