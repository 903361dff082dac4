//! Where things are: the root of the workspace, its plugins and cargo's output.

use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The checkout this program was built from.
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
    /// Holds `debug/` and `release/`.
    pub(crate) target: PathBuf,
}

/// A plugin crate, `plugins/<kind>/<provider>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Plugin {
    pub(crate) kind: String,
    pub(crate) provider: String,
}

impl Plugin {
    /// Returns the name of the crate and of its library.
    pub(crate) fn crate_name(&self) -> String {
        format!("{}_{}", self.kind, self.provider)
    }

    /// Returns the library's file name on this system, such as `libcache_redis.so`.
    pub(crate) fn library(&self) -> String {
        use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
        format!("{DLL_PREFIX}{}{DLL_SUFFIX}", self.crate_name())
    }
}

impl Workspace {
    /// Finds the root from cargo's word and the output folder from this program's own path.
    ///
    /// The latter holds for `CARGO_TARGET_DIR`, `build.target-dir` and `build.target` alike,
    /// because cargo puts the host beside its xtask.
    pub(crate) fn locate() -> Result<Self, Failure> {
        let package =
            std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = package.parent().ok_or_else(|| Failure::new("the xtask crate has no parent folder"))?.to_owned();
        let program =
            std::env::current_exe().map_err(|e| Failure::new(format!("cannot tell where xtask runs from: {e}")))?;
        let target = program
            .ancestors()
            .find(|folder| folder.ends_with("debug") || folder.ends_with("release"))
            .and_then(Path::parent)
            .ok_or_else(|| {
                Failure::new(format!(
                    "{} is not in cargo's output folder; start it as `cargo xtask`",
                    program.display()
                ))
            })?
            .to_owned();
        Ok(Self { root, target })
    }

    /// Returns all plugin crates, sorted by kind and provider.
    pub(crate) fn plugins(&self) -> Result<Vec<Plugin>, Failure> {
        let mut plugins = Vec::new();
        for kind in folders(&self.root.join("plugins"))? {
            for provider in folders(&self.root.join("plugins").join(&kind))? {
                plugins.push(Plugin { kind: kind.clone(), provider });
            }
        }
        plugins.sort();
        Ok(plugins)
    }
}

fn folders(path: &Path) -> Result<Vec<String>, Failure> {
    let read = |e: std::io::Error| Failure::new(format!("cannot list {}: {e}", path.display()));
    let mut names = Vec::new();
    for entry in std::fs::read_dir(path).map_err(read)? {
        let entry = entry.map_err(read)?;
        if entry.file_type().map_err(read)?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}
