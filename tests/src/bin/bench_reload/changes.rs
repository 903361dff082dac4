//! What is changed before each reload, and how files are damaged.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
};

/// What a reload finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sort {
    SettingsChange,
    NewLibrary,
    ProviderAdded,
    ProviderRemoved,
    ProviderSwitched,
    BrokenConfiguration,
    BrokenLibrary,
    HangsInStart,
}

pub(crate) const SORTS: [Sort; 8] = [
    Sort::SettingsChange,
    Sort::NewLibrary,
    Sort::ProviderAdded,
    Sort::ProviderRemoved,
    Sort::ProviderSwitched,
    Sort::BrokenConfiguration,
    Sort::BrokenLibrary,
    Sort::HangsInStart,
];

impl Sort {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::SettingsChange => "settings change",
            Self::NewLibrary => "new library version",
            Self::ProviderAdded => "provider added",
            Self::ProviderRemoved => "provider removed",
            Self::ProviderSwitched => "provider switched",
            Self::BrokenConfiguration => "broken configuration",
            Self::BrokenLibrary => "broken library",
            Self::HangsInStart => "hangs in start",
        }
    }

    /// Tells whether the reload has to be refused.
    pub(crate) const fn refused(self) -> bool {
        matches!(self, Self::BrokenConfiguration | Self::BrokenLibrary | Self::HangsInStart)
    }
}

const LIBRARIES: [&str; 3] = ["cache_memory", "cache_redis", "analytics_internal"];
/// Stands before the description in a library's manifest: another letter behind it is another content.
const DESCRIPTION: &[u8] = b"\"panic\":\"unwind\",\"description\":\"";

/// A folder with configuration and plugins, and what is to be found in it.
pub(crate) struct Changes {
    dir: PathBuf,
    cache: &'static str,
    megabytes: u32,
    archived: bool,
    versions: u8,
    /// Accepts and never answers: a provider that connects there hangs in its start.
    silent: TcpListener,
    /// The library that a damage or a fault replaced.
    whole: Vec<(PathBuf, Vec<u8>)>,
}

impl Changes {
    pub(crate) fn lay_out(dist: &Path, dir: &Path) -> Self {
        fs::create_dir(dir.join("plugins")).expect("a folder");
        let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
        let (cache, dir) = ("first", dir.to_owned());
        let changes = Self { dir, cache, megabytes: 64, archived: false, versions: 0, silent, whole: Vec::new() };
        for name in LIBRARIES {
            let file = changes.library(name);
            fs::copy(dist.join("plugins").join(file.file_name().expect("a name")), file).expect("a plugin");
        }
        changes.write(changes.cache, "");
        changes
    }

    fn library(&self, name: &str) -> PathBuf {
        use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
        self.dir.join("plugins").join(format!("{DLL_PREFIX}{name}{DLL_SUFFIX}"))
    }

    fn configuration(&self) -> PathBuf {
        self.dir.join("plugins.toml")
    }

    /// Writes the configuration beside and renames, as editors do.
    fn write(&self, cache: &str, more: &str) {
        let megabytes = self.megabytes;
        let archive = if self.archived { ", \"archive\"" } else { "" };
        let silent = self.silent.local_addr().expect("an address");
        let text = format!(
            "plugin-dirs = [\"plugins\"]\nreload.libraries-max = 200\n[listen]\nhttp = \"127.0.0.1:0\"\n\
             redis = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\nmetrics = \"127.0.0.1:0\"\n[cache]\nprovider = \"{cache}\"\n\
             [monitoring]\nproviders = []\n[analytics]\nproviders = [\"internal\"{archive}]\n\
             [providers.first]\nplugin = \"cache_memory\"\nsettings.capacity = \"{megabytes}MiB\"\n\
             [providers.second]\nplugin = \"cache_memory\"\nsettings.capacity = \"{megabytes}MiB\"\n\
             [providers.internal]\nsettings.path = \"events.sqlite3\"\n\
             [providers.archive]\nplugin = \"analytics_internal\"\nsettings.path = \"archive.sqlite3\"\n\
             [providers.hanging]\nplugin = \"cache_redis\"\nstart-timeout = \"300ms\"\n\
             settings.url = \"redis://{silent}\"\n{more}"
        );
        let beside = self.dir.join("coming.toml");
        fs::write(&beside, text).expect("a file");
        fs::rename(beside, self.configuration()).expect("a file");
    }

    /// Makes a change of this sort.
    pub(crate) fn make(&mut self, sort: Sort) {
        match sort {
            Sort::SettingsChange => self.megabytes = if self.megabytes == 64 { 65 } else { 64 },
            Sort::NewLibrary => return self.new_library(),
            Sort::ProviderAdded => self.archived = true,
            Sort::ProviderRemoved => self.archived = false,
            Sort::ProviderSwitched => self.cache = self.other(),
            Sort::BrokenConfiguration => return self.write(self.cache, "[providers.first\n"),
            Sort::BrokenLibrary => {
                let file = self.library("cache_memory");
                let bytes = self.keep(&file);
                let beside = self.dir.join("coming");
                fs::write(&beside, bytes.get(..bytes.len() / 2).expect("half a library")).expect("a file");
                fs::rename(beside, file).expect("a file");
                // Asked for by another name: a provider that runs goes on with its copy.
                return self.write(self.other(), "");
            }
            Sort::HangsInStart => return self.write("hanging", ""),
        }
        self.write(self.cache, "");
    }

    fn other(&self) -> &'static str {
        if self.cache == "first" { "second" } else { "first" }
    }

    /// Takes a change back that was refused.
    pub(crate) fn mend(&mut self, sort: Sort) {
        self.put_back();
        if sort.refused() {
            self.write(self.cache, "");
        }
    }

    /// The same code with another content, the caches' and the database's in turn.
    fn new_library(&mut self) {
        self.versions += 1;
        let name = if self.versions.is_multiple_of(2) { "analytics_internal" } else { "cache_memory" };
        let file = self.library(name);
        let mut bytes = fs::read(&file).expect("a library");
        let at = bytes.windows(DESCRIPTION.len()).position(|part| part == DESCRIPTION).expect("a manifest");
        *bytes.get_mut(at + DESCRIPTION.len()).expect("a description") = b'A' + self.versions % 26;
        let beside = self.dir.join("coming");
        fs::write(&beside, bytes).expect("a file");
        fs::rename(beside, file).expect("a file");
    }

    fn keep(&mut self, file: &Path) -> Vec<u8> {
        let bytes = fs::read(file).expect("a library");
        self.whole.push((file.to_owned(), bytes.clone()));
        bytes
    }

    fn put_back(&mut self) {
        while let Some((file, bytes)) = self.whole.pop() {
            let _ = fs::remove_file(&file);
            fs::write(&file, bytes).expect("a file");
        }
    }

    /// Locks the plugins as they are now: from here on the lock can be damaged, too.
    pub(crate) fn lock(&mut self, dist: &Path) {
        let mut lock = Command::new(dist.canonicalize().expect("a release").join("outrigger"));
        let done = lock.args(["plugin", "lock"]).current_dir(&self.dir).env_clear().output().expect("runs");
        assert!(done.status.success(), "{done:?}");
        let files = LIBRARIES.map(|name| self.library(name));
        for file in files.into_iter().chain([self.configuration(), self.dir.join("plugins.lock")]) {
            let _ = self.keep(&file);
        }
    }

    /// Damages one file in one of the ways that programs, people and full disks have. Every other time the file damaged
    /// before is whole again, written over in place.
    pub(crate) fn damage(&self, turn: usize) {
        if turn.is_multiple_of(2) {
            self.restore();
        }
        let Some((file, bytes)) = self.whole.get(turn * 3 % self.whole.len()) else { return };
        // What is gone already can't be damaged.
        let _ = match turn % 4 {
            0 => fs::write(file, bytes.get(..bytes.len() / 3).unwrap_or_default()),
            1 => fs::remove_file(file),
            2 => fs::write(file, vec![0xA5; 4096]),
            _ => fs::rename(file, file.with_extension("moved")),
        };
    }

    /// Writes everything that can be damaged as it was.
    pub(crate) fn restore(&self) {
        for (file, bytes) in &self.whole {
            fs::write(file, bytes).expect("a file");
        }
    }
}
