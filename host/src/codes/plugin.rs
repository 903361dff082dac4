//! Codes of plugin files, of loading and starting them, and of what running providers answer.

use super::{Explained, code};

pub(super) const FILES: &[Explained] = &[
    code(
        "plugin.abi_mismatch",
        "The library's tables do not have the layout this host expects.",
        "Rebuild the plugin with a released outrigger-plugin-api of the API version the host speaks.",
    ),
    code(
        "plugin.api_mismatch",
        "The plugin speaks another major version of the plugin API.",
        "Install a plugin built for the version the message names, or upgrade the host.",
    ),
    code(
        "plugin.bad_manifest",
        "The file has a manifest that makes no sense.",
        "Rebuild the plugin with a released outrigger-plugin-api.",
    ),
    code(
        "plugin.clear_failed",
        "The counts of crashes could not be read or written.",
        "`outrigger plugin clear --all` writes them anew; see that the journal's folder can be written.",
    ),
    code(
        "plugin.crashed",
        "A provider crashed the last run of the host: by a fault, by aborting, or by calling `exit` (logged at the next start).",
        "Report it to the plugin's author. After three crashes, each within ten minutes of its start, it is not started any more.",
    ),
    code(
        "plugin.damaged",
        "The file is cut short, or is no shared library.",
        "Copy the file again; a copy in progress looks the same.",
    ),
    code(
        "plugin.dependency_missing",
        "The system's loader can't open the library, usually because a library it needs is missing.",
        "Install what the message names.",
    ),
    code(
        "plugin.dir_writable",
        "Somebody besides this process's user and root can write the plugin's folder, and so choose the code that runs.",
        "The message names the folder and the command, such as `chmod go-w FOLDER`.",
    ),
    code("plugin.duplicate", "Two files say they are the same plugin.", "Remove one; the host does not choose."),
    code(
        "plugin.file_writable",
        "Somebody besides this process's user and root can write the plugin's file, and so choose the code that runs.",
        "The message names the file and the command, such as `chmod go-w FILE`.",
    ),
    code(
        "plugin.in_use",
        "`plugin remove` was asked to remove a plugin that the configuration names.",
        "Select another provider first, or add `--force`.",
    ),
    code(
        "plugin.log_flood",
        "The plugin wrote log lines faster than they are taken; some were dropped (a warning).",
        "Lower the plugin's own log volume, or `log.level`.",
    ),
    code(
        "plugin.manifest_differs",
        "The running library gives another manifest than its file.",
        "Rebuild the plugin; do not use this file.",
    ),
    code(
        "plugin.not_a_plugin",
        "The library has no Outrigger manifest or no root table.",
        "Is it an ordinary library? A plugin ends with `export_plugin!`.",
    ),
    code(
        "plugin.not_crashed",
        "`plugin clear` was given a provider of which no crash is counted.",
        "`outrigger plugin list` names those that crashed.",
    ),
    code(
        "plugin.not_installed",
        "`plugin add` could not write the file.",
        "See that the first folder of `plugin-dirs` can be written and has space.",
    ),
    code(
        "plugin.not_removed",
        "`plugin remove` could not remove the file.",
        "See that the plugin folder can be written.",
    ),
    code(
        "plugin.panic_abort",
        "The plugin was built so that a panic ends the process.",
        "Rebuild it with `panic = \"unwind\"` in its profile.",
    ),
    code(
        "plugin.quarantined",
        "The provider is not started: it crashed the host three times, each time soon after its start.",
        "Report it to the plugin's author. Another version is started again, and so is this one after `outrigger plugin clear NAME`.",
    ),
    code(
        "plugin.replaced",
        "While the host started, the file became another plugin, or one that takes other settings.",
        "Start again.",
    ),
    code(
        "plugin.settings_refused",
        "The plugin itself refused its settings.",
        "The message is the plugin's; `outrigger plugin inspect NAME` prints the schema.",
    ),
    code("plugin.start_failed", "The provider's start ended with an error.", "The message is the provider's."),
    code(
        "plugin.start_timeout",
        "The provider's start did not end within its `start-timeout`.",
        "Check that its backend can be reached; raise `start-timeout` if it is slow.",
    ),
    code(
        "plugin.store_failed",
        "The private copy of the plugin could not be made.",
        "Point `store.dir` at a folder that this process's user alone can write and that has space.",
    ),
    code("plugin.unhealthy", "The provider started, then said it can't serve.", "The message is the provider's."),
    code(
        "plugin.unknown",
        "`plugin inspect` was given neither a plugin in the plugin folders nor a file.",
        "The message lists the plugins found.",
    ),
    code("plugin.unreadable", "The plugin's file can't be read.", "Check its owner and permissions."),
    code(
        "plugin.wrong_target",
        "The plugin was built for another system or processor.",
        "Build or install it for the target the message names.",
    ),
];

pub(super) const PROVIDERS: &[Explained] = &[
    code(
        "provider.flush_failed",
        "At shutdown the provider could not finish what it had accepted (logged).",
        "The message is the provider's; events it had accepted may be lost.",
    ),
    code("provider.internal", "The provider failed by its own fault.", "Report it to the plugin's author."),
    code(
        "provider.invalid",
        "The provider says the request makes no sense.",
        "Correct the request; a retry can't help.",
    ),
    code("provider.none", "No provider of this kind is configured.", "Select one in plugins.toml or by variable."),
    code(
        "provider.not_running",
        "The provider failed to start, or the host is shutting down.",
        "`/readyz` on the admin listener says why.",
    ),
    code(
        "provider.overloaded",
        "The provider or its backend asks for fewer calls.",
        "Retry later, after `Retry-After`.",
    ),
    code("provider.panicked", "The provider's code panicked; the host caught it.", "Report it to the plugin's author."),
    code(
        "provider.refused",
        "The backend refused: credentials, permissions or a policy.",
        "Check the provider's settings.",
    ),
    code("provider.shutdown_failed", "The provider did not end well (logged).", "The message is the provider's."),
    code("provider.stopped", "The host is shutting down (in `/readyz`).", "Nothing; it is on purpose."),
    code("provider.timeout", "The provider's backend did not answer in time.", "Retry; check the backend."),
    code("provider.unavailable", "The provider can't reach its backend.", "Retry; check the backend and its address."),
    code(
        "provider.unsupported",
        "The provider can't do this, or none can answer the query.",
        "Use another provider, or do without.",
    ),
];
