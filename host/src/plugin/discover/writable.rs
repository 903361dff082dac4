//! Refuses plugin folders and files that somebody else could write: whoever writes them runs code in this process.
//!
//! Looks at owner and mode, which only unix has. Not looked at: the folders above, and access control lists.

use std::path::{Path, PathBuf};

use crate::{
    platform::{Rights, rights},
    plugin::InspectError,
};

/// The bits of a mode that let the group or everyone write.
const WRITE_OF_OTHERS: u32 = 0o022;

/// A file or folder that somebody besides this process's user and root can write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("others can write {path}: {because}", path = .path.display())]
pub struct Writable {
    path: PathBuf,
    because: Because,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Because {
    #[error("its mode is {0:04o}")]
    Mode(u32),
    #[error("it belongs to user {owner}, and this process to user {us}")]
    Owner { owner: u32, us: u32 },
}

impl Writable {
    /// Returns the command that takes the right away.
    pub(crate) fn help(&self) -> String {
        let path = self.path.display();
        match self.because {
            Because::Mode(_) => format!("if its content is what you installed: chmod go-w {path}"),
            Because::Owner { us, .. } => format!("if its content is what you installed: chown {us} {path}"),
        }
    }
}

/// Checks a plugin's file and the folder it is in; of a link also what it leads to.
pub(crate) fn check(file: &Path) -> Result<(), InspectError> {
    let real = std::fs::canonicalize(file).map_err(InspectError::unreadable)?;
    for path in [file, &real] {
        path.parent().map_or(Ok(()), check_dir)?;
    }
    look(&real)?.map_or(Ok(()), |writable| Err(InspectError::FileWritable(writable)))
}

/// Checks a folder of plugins.
pub(crate) fn check_dir(dir: &Path) -> Result<(), InspectError> {
    // The parent of a bare file name is the empty path.
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    look(dir)?.map_or(Ok(()), |writable| Err(InspectError::DirWritable(writable)))
}

fn look(path: &Path) -> Result<Option<Writable>, InspectError> {
    let because = rights(path).map_err(InspectError::unreadable)?.and_then(because);
    Ok(because.map(|because| Writable { path: path.to_owned(), because }))
}

const fn because(Rights { owner, mode, us }: Rights) -> Option<Because> {
    // Root can write everything anyway, and installs what others run.
    if owner != us && owner != 0 {
        return Some(Because::Owner { owner, us });
    }
    // Without the bits of the file's type.
    if mode & WRITE_OF_OTHERS != 0 { Some(Because::Mode(mode & 0o7777)) } else { None }
}

#[cfg(all(test, unix))]
mod tests;
