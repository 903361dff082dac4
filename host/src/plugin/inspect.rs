//! Reads what a plugin file says of itself without running any of it.

use std::{fs::File, io::Read, path::Path};

use object::{
    Architecture, BinaryFormat, Object, ObjectSection,
    read::{ReadCache, ReadRef},
};
use outrigger_plugin_api::manifest::{self, MANIFEST_BYTES_MAX, Manifest};

use super::Writable;

/// Most bytes a plugin file may have: 512 MiB, twenty times the largest known; larger is surely no plugin.
const FILE_BYTES_MAX: u64 = 512 << 20;

/// Why a file can't be this host's plugin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InspectError {
    /// The file can't be read.
    #[error("the file can't be read: {0}")]
    Unreadable(String),
    /// Not an object file, or cut short.
    #[error("the file is {0}")]
    Damaged(String),
    /// For another machine.
    #[error("the file is {found}, this host is {host}")]
    WrongTarget {
        /// The file's format and processor.
        found: String,
        /// Ours.
        host: String,
    },
    /// No manifest inside.
    #[error("the file has no Outrigger manifest; it exports {0}")]
    NotAPlugin(String),
    /// A manifest that makes no sense.
    #[error("the file's manifest can't be used: {0}")]
    BadManifest(String),
    /// Another major version of the plugin API.
    #[error("it speaks plugin API {plugin}, this host {host}")]
    WrongApi {
        /// The plugin's.
        plugin: String,
        /// Ours.
        host: String,
    },
    /// Somebody else could write the file.
    #[error(transparent)]
    FileWritable(Writable),
    /// Somebody else could put another file in its place.
    #[error(transparent)]
    DirWritable(Writable),
    /// Built so that a panic ends the process.
    #[error("it was built with panic = \"{0}\", so a fault in it would end the host")]
    Aborts(String),
}

impl InspectError {
    #[expect(clippy::needless_pass_by_value, reason = "for map_err")]
    pub(crate) fn unreadable(error: std::io::Error) -> Self {
        Self::Unreadable(error.to_string())
    }

    /// Returns the stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "plugin.unreadable",
            Self::Damaged(_) => "plugin.damaged",
            Self::WrongTarget { .. } => "plugin.wrong_target",
            Self::NotAPlugin(_) => "plugin.not_a_plugin",
            Self::BadManifest(_) => "plugin.bad_manifest",
            Self::WrongApi { .. } => "plugin.api_mismatch",
            Self::FileWritable(_) => "plugin.file_writable",
            Self::DirWritable(_) => "plugin.dir_writable",
            Self::Aborts(_) => "plugin.panic_abort",
        }
    }

    /// Returns what to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Unreadable(_) => "check the file's owner and permissions".into(),
            Self::Damaged(_) => "copy the file again; a copy in progress is seen as cut short".into(),
            Self::WrongTarget { host, .. } => format!("build or download the plugin for {host}"),
            Self::NotAPlugin(_) => "is it an ordinary library? a plugin ends with export_plugin!".into(),
            Self::BadManifest(_) => "rebuild the plugin with a released outrigger-plugin-api".into(),
            Self::WrongApi { plugin, host } => match newer(plugin, host) {
                true => format!("upgrade the host to one that speaks API {plugin}, or install a plugin for {host}"),
                false => format!("install a plugin built against outrigger-plugin-api {host}"),
            },
            Self::FileWritable(writable) | Self::DirWritable(writable) => writable.help(),
            Self::Aborts(_) => "rebuild it with panic = \"unwind\" in its profile".into(),
        }
    }
}

fn newer(plugin: &str, host: &str) -> bool {
    major(plugin) > major(host)
}

fn major(version: &str) -> Option<u64> {
    version.split('.').next()?.parse().ok()
}

/// Reads a plugin's manifest from the file and checks that this host could load it. Reads the tables that lead to the
/// manifest, not the whole file: most of a folder's plugins are listed and never loaded.
///
/// # Errors
/// The first reason found, cheapest check first. A retry helps only for a file that is being copied.
pub fn inspect(path: &Path) -> Result<Manifest, InspectError> {
    let (file, _) = open(path)?;
    inspect_data(&ReadCache::new(file))
}

/// Reads a plugin file whole, within the bound.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, InspectError> {
    let (file, length) = open(path)?;
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or_default());
    // The length may have changed since it was asked for.
    file.take(FILE_BYTES_MAX).read_to_end(&mut bytes).map_err(InspectError::unreadable)?;
    Ok(bytes)
}

/// Opens a plugin file and returns its length, within the bound.
fn open(path: &Path) -> Result<(File, u64), InspectError> {
    // Asked before it is opened: opening a pipe waits for its other end.
    let metadata = std::fs::metadata(path).map_err(InspectError::unreadable)?;
    if !metadata.is_file() {
        return Err(InspectError::Damaged("no file".into()));
    }
    if metadata.len() > FILE_BYTES_MAX {
        return Err(InspectError::Damaged(format!("{} bytes long, more than any plugin", metadata.len())));
    }
    Ok((File::open(path).map_err(InspectError::unreadable)?, metadata.len()))
}

/// Returns the libraries that the file asks the system for; empty where the format doesn't tell.
pub(crate) fn needed(bytes: &[u8]) -> Vec<String> {
    use object::{
        elf::DT_NEEDED,
        read::elf::{Dyn, ElfFile64},
    };
    let read = || {
        let file = ElfFile64::<object::Endianness>::parse(bytes).ok()?;
        let (endian, sections) = (file.endian(), file.elf_section_table());
        let (entries, link) = sections.dynamic(endian, bytes).ok()??;
        let strings = sections.strings(endian, bytes, link).ok()?;
        let names = entries.iter().filter(|entry| entry.tag(endian) == DT_NEEDED);
        let names = names.filter_map(|entry| entry.string(endian, strings).ok());
        Some(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
    };
    read().unwrap_or_default()
}

/// Does the work of [`inspect`] on a file already read, or opened.
pub(crate) fn inspect_data<'data>(data: impl ReadRef<'data>) -> Result<Manifest, InspectError> {
    let file = object::File::parse(data).map_err(|error| damaged(data, &error))?;
    let (found, host) = (described(file.format(), file.architecture()), described(host_format(), host_architecture()));
    if found != host {
        return Err(InspectError::WrongTarget { found, host });
    }
    let section = [manifest::SECTION, "__outrigger", ".outrig"].iter().find_map(|name| file.section_by_name(name));
    let Some(section) = section else { return Err(InspectError::NotAPlugin(exports(&file))) };
    if section.size() > MANIFEST_BYTES_MAX as u64 {
        return Err(InspectError::BadManifest(format!("{} bytes, more than {MANIFEST_BYTES_MAX}", section.size())));
    }
    let text = section.data().map_err(|error| damaged(data, &error))?;
    // PE sections are padded with zero bytes.
    let text = text.split(|&byte| byte == 0).next().unwrap_or_default();
    let manifest: Manifest =
        serde_json::from_slice(text).map_err(|error| InspectError::BadManifest(error.to_string()))?;
    check(&manifest)?;
    Ok(manifest)
}

fn check(manifest: &Manifest) -> Result<(), InspectError> {
    let host = manifest::API_VERSION;
    if major(&manifest.api).is_none() || major(&manifest.api) != major(host) {
        return Err(InspectError::WrongApi { plugin: manifest.api.clone(), host: host.to_owned() });
    }
    if manifest.panic != "unwind" {
        return Err(InspectError::Aborts(manifest.panic.clone()));
    }
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    // The name reaches file names, labels and logs.
    if manifest.name.is_empty() || manifest.name.len() > 64 || !manifest.name.chars().all(plain) {
        return Err(InspectError::BadManifest(format!("the name {:?} is not of [a-z0-9_]{{1,64}}", manifest.name)));
    }
    if manifest.kinds.is_empty() {
        return Err(InspectError::BadManifest("it serves no kind".into()));
    }
    Ok(())
}

fn damaged<'data>(data: impl ReadRef<'data>, error: &object::Error) -> InspectError {
    let begins = |magic: &[u8]| data.read_bytes_at(0, magic.len() as u64).is_ok_and(|start| start == magic);
    let object_file = begins(b"\x7fELF") || begins(b"MZ") || begins(b"\xcf\xfa\xed\xfe");
    InspectError::Damaged(match (data.len().unwrap_or_default(), object_file) {
        (0, _) => "empty".into(),
        (length, true) => format!("cut short or damaged ({length} bytes, {error})"),
        (_, false) => "no shared library at all".into(),
    })
}

fn exports<'data>(file: &object::File<'data, impl ReadRef<'data>>) -> String {
    let names: Vec<_> = file
        .exports()
        .into_iter()
        .flatten()
        .filter_map(|export| export.ok())
        .filter_map(|export| match export.name() {
            object::NameOrOrdinal::Name(name) => Some(String::from_utf8_lossy(name).into_owned()),
            object::NameOrOrdinal::Ordinal(_) => None,
        })
        .collect();
    match names.as_slice() {
        [] => "nothing".into(),
        [a, b, c, rest @ ..] if !rest.is_empty() => format!("{a}, {b}, {c} and {} more", rest.len()),
        names => names.join(", "),
    }
}

fn described(format: BinaryFormat, architecture: Architecture) -> String {
    format!("{format:?} {architecture:?}")
}

const fn host_format() -> BinaryFormat {
    if cfg!(windows) {
        BinaryFormat::Pe
    } else if cfg!(target_vendor = "apple") {
        BinaryFormat::MachO
    } else {
        BinaryFormat::Elf
    }
}

const fn host_architecture() -> Architecture {
    if cfg!(target_arch = "aarch64") {
        Architecture::Aarch64
    } else if cfg!(target_arch = "x86_64") {
        Architecture::X86_64
    } else {
        Architecture::Unknown
    }
}
