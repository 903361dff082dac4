//! Takes one plugin through stage, open and verify, and says in one error why it could not be loaded.

use std::path::PathBuf;

use outrigger_plugin_api::{
    abi::PluginRoot_Ref,
    manifest::{Kind, MANIFEST_BYTES_MAX, Manifest},
};

use super::{
    Found,
    discover::writable,
    inspect::{InspectError, inspect_data, needed, read},
    open::{OpenError, open},
    stage::{StageError, stage},
    start::World,
    trust::{Content, TrustError, judge},
    verify::VerifyError,
};
use crate::{
    config::ProviderConfig,
    crash::{self, Crumb, Op, Quarantined},
};

/// Why a provider does not run.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file can't be read now, or is no plugin any more.
    #[error("{file} can't be used", file = .file.display())]
    Inspect {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: InspectError,
    },
    /// The file became another plugin since it was listed, or takes other settings.
    #[error("{file} was replaced by {now} while the host started", file = .file.display())]
    Replaced {
        /// The file.
        file: PathBuf,
        /// Name and version of what is there now.
        now: String,
    },
    /// Two files say they are the same plugin.
    #[error("two plugins are named `{name}`: {first} ({first_version}) and {second} ({second_version})")]
    Duplicate {
        /// The name.
        name: String,
        /// One file.
        first: String,
        /// Its version.
        first_version: String,
        /// The other.
        second: String,
        /// Its version.
        second_version: String,
    },
    /// Nobody vouches for the file's content.
    #[error("{file} is not trusted", file = .file.display())]
    Untrusted {
        /// The file.
        file: PathBuf,
        /// Why.
        #[source]
        source: TrustError,
    },
    /// The private copy could not be made.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// It crashed the host too often.
    #[error(transparent)]
    Quarantined(#[from] Quarantined),
    /// The library could not be opened.
    #[error("{file} can't be opened", file = .file.display())]
    Open {
        /// The file.
        file: PathBuf,
        /// What it needs from the system.
        needs: Vec<String>,
        /// Why.
        #[source]
        source: OpenError,
    },
    /// What the running library says differs from what the file said.
    #[error("{file} says another manifest when running than in its file", file = .file.display())]
    ManifestDiffers {
        /// The file.
        file: PathBuf,
    },
    /// The plugin refused the settings.
    #[error("the plugin refuses the settings: {0}")]
    Settings(String),
    /// The provider's start failed.
    #[error("start failed after {after_ms} ms: {error}")]
    StartFailed {
        /// How long it took.
        after_ms: u128,
        /// The provider's own words.
        error: outrigger_plugin_api::sdk::ProviderError,
    },
    /// The provider's start did not end in time.
    #[error("start did not end within {limit_ms} ms (it was in `{step}`)")]
    StartTimeout {
        /// The bound, `start-timeout`.
        limit_ms: u128,
        /// What it was doing.
        step: &'static str,
    },
    /// It started and then said it can't serve.
    #[error("it started, but its health probe failed: {0}")]
    Unhealthy(String),
}

impl LoadError {
    /// Returns the stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Inspect { source, .. } => source.code(),
            Self::Replaced { .. } => "plugin.replaced",
            Self::Duplicate { .. } => "plugin.duplicate",
            Self::Untrusted { source, .. } => source.code(),
            Self::Stage(_) => "plugin.store_failed",
            Self::Quarantined(_) => "plugin.quarantined",
            Self::Open { source: OpenError::System(_), .. } => "plugin.dependency_missing",
            Self::Open { source: OpenError::NoRoot, .. } => "plugin.not_a_plugin",
            Self::Open { source: OpenError::Verify(VerifyError::Header(_)), .. } => "plugin.api_mismatch",
            Self::Open { source: OpenError::Verify(_), .. } => "plugin.abi_mismatch",
            Self::ManifestDiffers { .. } => "plugin.manifest_differs",
            Self::Settings(_) => "plugin.settings_refused",
            Self::StartFailed { .. } => "plugin.start_failed",
            Self::StartTimeout { .. } => "plugin.start_timeout",
            Self::Unhealthy(_) => "plugin.unhealthy",
        }
    }

    /// Returns what to do about it.
    pub fn help(&self) -> String {
        match self {
            Self::Inspect { source, .. } => source.help(),
            Self::Replaced { .. } => "start again: its settings have to be checked anew".into(),
            Self::Duplicate { .. } => "remove one of the files; the host won't guess".into(),
            Self::Untrusted { source, .. } => source.help(),
            Self::Stage(_) => "free space there, or name another directory as [store] dir".into(),
            Self::Quarantined(_) => {
                "report it to the plugin's author; another version starts again, and so does this one after \
                 `outrigger plugin clear`"
                    .into()
            }
            Self::Open { needs, source: OpenError::System(_), .. } if !needs.is_empty() => {
                format!("it needs {}; install what is missing", needs.join(", "))
            }
            Self::Open { .. } | Self::ManifestDiffers { .. } => {
                format!("rebuild it against outrigger-plugin-api {}", outrigger_plugin_api::manifest::API_VERSION)
            }
            Self::Settings(_) => "correct the settings it names".into(),
            Self::StartFailed { .. } | Self::Unhealthy(_) => "see that what it connects to is up, then restart".into(),
            Self::StartTimeout { .. } => "see what it waits for, or raise start-timeout".into(),
        }
    }
}

/// An opened plugin.
pub(crate) struct Loaded {
    pub(crate) root: PluginRoot_Ref,
    /// What the private copy says, which is what runs.
    pub(crate) manifest: Manifest,
    /// The private copy's hash.
    pub(crate) sha256: String,
    /// How it stands to lock and keys, in a few words.
    pub(crate) trust: String,
}

/// Stages, judges, opens and verifies the plugin. Blocks on the disk and on the library's initialisers.
pub(crate) fn load(found: &Found, config: &ProviderConfig, world: &World) -> Result<Loaded, LoadError> {
    if let Some(twin) = &found.twin {
        return Err(LoadError::Duplicate {
            name: found.manifest.name.clone(),
            first: found.file.display().to_string(),
            first_version: found.manifest.version.clone(),
            second: twin.file.display().to_string(),
            second_version: twin.manifest.version.clone(),
        });
    }
    let file = found.file.clone();
    let refused = |source| LoadError::Inspect { file: found.file.clone(), source };
    // Again: what was listed may have been given away since.
    writable::check(&found.file).map_err(refused)?;
    let bytes = read(&found.file).map_err(refused)?;
    // The bytes that are staged are the bytes that are inspected: the file may have changed since it was listed.
    let manifest = inspect_data(bytes.as_slice()).map_err(refused)?;
    if !same_plugin(&manifest, &found.manifest, config.kind) {
        return Err(LoadError::Replaced { file, now: format!("{} {}", manifest.name, manifest.version) });
    }
    let staged = stage(&world.store, &found.file, &bytes)?;
    // The copy holds these bytes, and nobody else can write it: what is judged here is what is opened next.
    let content = Content { file: &found.file, manifest: &manifest, bytes: &bytes, sha256: &staged.sha256 };
    let judgement = judge(&world.trust, content);
    for doubt in judgement.doubts() {
        let (plugin, help) = (&manifest.name, doubt.help());
        tracing::warn!(plugin, code = doubt.code(), help, "loaded, as the policy says: {doubt}");
    }
    if let Some(refusal) = judgement.refusal() {
        return Err(LoadError::Untrusted { file, source: refusal.clone() });
    }
    crash::admit(&config.name, &staged.sha256)?;
    let crumb = Crumb::of(&config.name);
    crumb.loads(&staged.sha256);
    let root = crumb.calls(Op::Load, || open(&staged.path)).map_err(|source| {
        let needs = needed(&bytes);
        LoadError::Open { file: file.clone(), needs, source }
    })?;
    crash::loaded_at(crumb, &staged.path);
    if running_manifest(root).as_ref() != Some(&manifest) {
        return Err(LoadError::ManifestDiffers { file });
    }
    Ok(Loaded { root, manifest, sha256: staged.sha256, trust: judgement.words() })
}

/// Tells whether what the configuration was checked against still holds; another version may have been put in place.
fn same_plugin(now: &Manifest, listed: &Manifest, kind: Kind) -> bool {
    now.name == listed.name && now.kinds.contains(&kind) && now.settings == listed.settings
}

/// Returns what the running library says of itself; `None` where it can't be read. The slice is an allegation: its
/// pointer and length are looked at before a byte of it is.
fn running_manifest(root: PluginRoot_Ref) -> Option<Manifest> {
    let bytes = root.manifest()();
    if bytes.as_ptr().is_null() || bytes.len() > MANIFEST_BYTES_MAX {
        return None;
    }
    serde_json::from_slice(bytes.as_slice()).ok()
}
