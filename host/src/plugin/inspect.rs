//! Reads what a plugin file says of itself without running any of it.

mod error;

use std::{fs::File, io::Read, path::Path};

pub use error::InspectError;

use object::{
    Architecture, BinaryFormat, LittleEndian, Object, ObjectSection,
    read::{ReadCache, ReadRef},
};
use outrigger_plugin_api::manifest::{self, MANIFEST_BYTES_MAX, Manifest};

/// Most bytes a plugin file may have: 512 MiB, twenty times the largest known; larger is surely no plugin.
const FILE_BYTES_MAX: u64 = 512 << 20;

/// What an entry of a PE file's symbol table takes: `IMAGE_SIZEOF_SYMBOL`.
const COFF_SYMBOL_BYTES: u64 = 18;

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
    manifest_of(data, &file)
}

/// Reads the manifest of a plugin for whatever system.
pub(crate) fn inspect_foreign(bytes: &[u8]) -> Result<Manifest, InspectError> {
    let file = object::File::parse(bytes).map_err(|error| damaged(bytes, &error))?;
    manifest_of(bytes, &file)
}

fn manifest_of<'data, D: ReadRef<'data>>(data: D, file: &object::File<'data, D>) -> Result<Manifest, InspectError> {
    let (length, end) = (data.len().unwrap_or_default(), end_of(file));
    if end > length {
        return Err(InspectError::Damaged(format!("cut short or damaged ({length} bytes, its parts end at {end})")));
    }
    let section = [manifest::SECTION, "__outrigger", ".outrig"].iter().find_map(|name| file.section_by_name(name));
    let Some(section) = section else { return Err(InspectError::NotAPlugin(exports(file))) };
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

/// Returns where the last part that the tables name ends. Where they come first, as in a PE file, what broke off is not missed
/// by reading them.
fn end_of<'data, D: ReadRef<'data>>(file: &object::File<'data, D>) -> u64 {
    let sections = file.sections().filter_map(|section| section.file_range());
    let ends = sections.map(|(start, bytes)| start.saturating_add(bytes));
    let symbols = match file {
        object::File::Pe64(pe) => {
            let header = &pe.nt_headers().file_header;
            let (start, count) =
                (header.pointer_to_symbol_table.get(LittleEndian), header.number_of_symbols.get(LittleEndian));
            u64::from(start).saturating_add(u64::from(count).saturating_mul(COFF_SYMBOL_BYTES))
        }
        _ => 0,
    };
    ends.max().unwrap_or_default().max(symbols)
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
