//! Opens a staged library and reaches its root table. The only place where foreign code enters the process.
#![expect(unsafe_code, reason = "opening a library runs its initialisers; each block has its proof")]

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use libloading::Library;
use outrigger_plugin_api::abi::{
    PluginRoot_Ref,
    abi_stable::library::{AbiHeaderRef, LibHeader, ROOT_MODULE_LOADER_NAME_WITH_NUL},
};
use parking_lot::Mutex;

use super::verify::{VerifyError, verify};

/// Why a library could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The system's loader refused it, usually for a library it needs.
    #[error("the system can't load it: {0}")]
    System(String),
    /// It has a manifest, but not the symbol that goes with it.
    #[error("it has a manifest but exports no root table")]
    NoRoot,
    /// Its tables don't fit ours.
    #[error(transparent)]
    Verify(#[from] VerifyError),
}

/// The libraries that this process has mapped, by the path of their private copy.
static OPENED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Returns how many libraries this process has mapped; none is ever unmapped.
pub(crate) fn opened() -> usize {
    OPENED.lock().len()
}

/// Tells whether this process has mapped the library at this path.
pub(crate) fn has_opened(staged: &Path) -> bool {
    OPENED.lock().contains(staged)
}

/// Opens the library and returns its root table. The library stays mapped for the life of the process.
pub(crate) fn open(staged: &Path) -> Result<PluginRoot_Ref, OpenError> {
    let library = map(staged)?;
    OPENED.lock().insert(staged.to_owned());
    // Never closed: its code may be on a stack, in a thread-local destructor or behind a function pointer.
    let library: &'static Library = Box::leak(Box::new(library));
    // SAFETY: inspect() found our manifest in exactly these bytes, and export_plugin! exports both together: the
    // symbol is a LibHeader, which begins with the AbiHeader that this pointer type stands for. A file that lies
    // about it is malicious, and in-process plugins are trusted code (SECURITY.md).
    let symbol = unsafe { library.get::<AbiHeaderRef>(ROOT_MODULE_LOADER_NAME_WITH_NUL) };
    let header: AbiHeaderRef = *symbol.map_err(|_| OpenError::NoRoot)?;
    // upgrade() compares magic and version of the header before it trusts anything behind it.
    let header: &'static LibHeader = header.upgrade().map_err(|error| VerifyError::Header(first_line(&error)))?;
    verify(header)?;
    // SAFETY: verify() has compared the layout of every type reachable from the root, and accepts only where one
    // side's prefix tables extend the other's; accessors look at the table's own length (docs/abi.md).
    let root = unsafe { header.init_root_module_with_unchecked_layout::<PluginRoot_Ref>() };
    root.map_err(|error| VerifyError::Header(first_line(&error)).into())
}

#[cfg(unix)]
fn map(path: &Path) -> Result<Library, OpenError> {
    use libloading::os::unix::{Library as Unix, RTLD_LOCAL, RTLD_NOW};
    // From <dlfcn.h>: the object stays even if someone closes it. Linux 0x1000, Apple 0x80.
    const RTLD_NODELETE: i32 = if cfg!(target_vendor = "apple") { 0x80 } else { 0x1000 };
    // SAFETY: runs the library's initialisers. `path` is a private copy whose bytes inspect() accepted; what they do
    // is the plugin's trust (SECURITY.md). NOW: a missing symbol shows here and not in the first call.
    let opened = unsafe { Unix::open(Some(path), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) };
    opened.map(Library::from).map_err(|error| OpenError::System(error.to_string()))
}

#[cfg(windows)]
fn map(path: &Path) -> Result<Library, OpenError> {
    use libloading::os::windows::{
        LOAD_LIBRARY_SEARCH_DEFAULT_DIRS, LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR, Library as Windows,
    };
    // What it needs is found beside it, beside the program and in the system's folder: not in the current folder and not
    // along PATH, where others may have put something. The flags want a whole path.
    const FLAGS: u32 = LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR | LOAD_LIBRARY_SEARCH_DEFAULT_DIRS;
    let path = std::path::absolute(path).map_err(|error| OpenError::System(error.to_string()))?;
    // SAFETY: as on unix; the handle is leaked, so the library stays.
    let opened = unsafe { Windows::load_with_flags(&path, FLAGS) };
    opened.map(Library::from).map_err(|error| OpenError::System(error.to_string()))
}

fn first_line(error: &dyn std::fmt::Display) -> String {
    error.to_string().lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
}
