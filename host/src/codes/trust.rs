//! Codes of the lock file and of signatures.

use super::{Explained, code};

pub(super) const TRUST: &[Explained] = &[
    code(
        "plugin.bad_signature",
        "The signature beside the plugin is no minisign signature, or does not fit its bytes.",
        "Install plugin and signature again, both from the author; one of them may be another release's.",
    ),
    code(
        "plugin.changed",
        "The plugin has another content than `plugins.lock` holds for its version and target.",
        "If you rebuilt or replaced it: `outrigger plugin lock`. If not, find out who did, and install it again.",
    ),
    code(
        "plugin.lock_failed",
        "`plugins.lock` could not be written.",
        "See that the folder of `plugins.toml` can be written.",
    ),
    code(
        "plugin.not_locked",
        "`plugins.lock` does not name the plugin, and `trust.unknown-plugins` asks for it.",
        "If you trust the file: `outrigger plugin lock`.",
    ),
    code(
        "plugin.not_locked_for_target",
        "`plugins.lock` names the plugin, but has no hash for the target that the file says it is for.",
        "Have the files of all targets at hand, and run `outrigger plugin lock --add-targets DIR`.",
    ),
    code(
        "plugin.nothing_to_lock",
        "`plugin lock` found no plugin in the folders it was to lock.",
        "`outrigger config show` prints `plugin-dirs`.",
    ),
    code(
        "plugin.nothing_to_verify",
        "`plugin verify` has neither a `plugins.lock` nor `trust.signatures` to go by.",
        "`outrigger plugin lock` writes one.",
    ),
    code(
        "plugin.other_version",
        "The plugin is another version than `plugins.lock` holds.",
        "If you upgraded it: `outrigger plugin lock`.",
    ),
    code(
        "plugin.truncated",
        "The file has fewer bytes than `plugins.lock` holds: a download or copy broke off.",
        "Copy or download it again.",
    ),
    code(
        "plugin.unknown_key",
        "The plugin is signed, by a key that is not in `trust.public-keys`.",
        "If you trust that key, add it.",
    ),
    code(
        "plugin.unsigned",
        "There is no signature beside the plugin, and `trust.signatures` asks for one.",
        "Put its author's `.minisig` file beside it.",
    ),
];
