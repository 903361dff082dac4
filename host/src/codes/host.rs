//! Codes of the program itself: its listeners, its command line, its life.

use super::{Explained, code};

pub(super) const ADMIN: &[Explained] = &[code(
    "admin.host_refused",
    "The request names a host that is neither localhost nor an address.",
    "Ask by `localhost` or by address. A page that rebinds its own name to this address is refused so.",
)];

pub(super) const CLI: &[Explained] = &[
    code(
        "cli.answer",
        "The host answered with an error that is no problem document.",
        "Is it Outrigger that listens there?",
    ),
    code(
        "cli.condition",
        "The text of `--where` is no condition.",
        "Write `NAME=VALUE`, `NAME>5`, `NAME>=5`, `NAME<5`, `NAME<=5`, `NAME` or `!NAME`.",
    ),
    code("cli.input", "Standard input can't be read.", "Check what is piped in."),
    code("cli.man", "The manual pages can't be written.", "Name a folder that exists and can be written."),
    code("cli.not_confirmed", "The command removes something for ever, and was not told `--yes`.", "Add `--yes`."),
    code("cli.output", "The answer can't be printed.", "The message says why: standard output may be a full disk."),
    code(
        "cli.plugin_api",
        "What `--plugin-api` names is neither a version nor the sources of outrigger-plugin-api.",
        "Give a version such as 1.0, or the folder with its Cargo.toml.",
    ),
    code(
        "cli.plugin_child",
        "`plugin test` can't start its child process, or its folder for temporary files.",
        "The message names the cause.",
    ),
    code(
        "cli.plugin_exists",
        "`plugin new` would write into a folder that is there already; nothing in it was touched.",
        "Choose another name, or another folder with `--dir`.",
    ),
    code(
        "cli.plugin_name",
        "The name given to `plugin new` can't be a provider's.",
        "Lower-case letters, digits and `_`, beginning with a letter, without the kind.",
    ),
    code(
        "cli.plugin_write",
        "The crate of `plugin new` can't be written.",
        "Name a folder that exists and can be written with `--dir`.",
    ),
    code("cli.property", "An argument is not `NAME=VALUE`.", "Write for example `plan=pro` or `seats=3`."),
    code("cli.unreachable", "No host answers.", "Start one with `outrigger run`, or name its address with `--url`."),
];

pub(super) const CHANGES: &[Explained] = &[
    code(
        "operation.file_changed",
        "`plugins.toml` holds what was never in force, and undoing would lose it.",
        "Reload first, or put the file back.",
    ),
    code(
        "operation.file_unreadable",
        "The configuration could not be read, or its text can't be changed.",
        "The message says why.",
    ),
    code(
        "operation.file_unwritable",
        "`plugins.toml` can't be written; nothing has changed.",
        "Change the selection where the file comes from, and reload.",
    ),
    code("operation.no_file", "The host runs without a `plugins.toml`.", "Start it with one, or with `--config`."),
    code(
        "operation.not_kept",
        "The change is in force, but `plugins.toml` could not be written.",
        "Write the selection into the file by hand: a restart would take it back.",
    ),
    code(
        "operation.nothing_to_undo",
        "Nothing was reloaded or switched before.",
        "`outrigger provider log` shows all.",
    ),
    code(
        "operation.overridden",
        "A variable or `--set` selects the providers of this kind, and wins over `plugins.toml`.",
        "Change it there and restart, or take it away.",
    ),
    code(
        "operation.selection",
        "No provider has this name, or providers of two kinds could have it.",
        "Name one that `outrigger plugin list` shows, with `--kind` where it is asked for.",
    ),
    code("reload.configuration", "The configuration can't be used; the former is in force.", "Mend what it lists."),
    code("reload.ending", "The host is shutting down.", "Nothing: the next start reads the configuration."),
    code(
        "reload.needs_restart",
        "A value changed that is only read at start; nothing was changed.",
        "Put it back and reload, or restart the host.",
    ),
    code(
        "reload.not_restored",
        "A provider was stopped for its successor, that failed, and then it did not start again (logged).",
        "See why it fails; a reload tries once more.",
    ),
    code(
        "reload.provider_failed",
        "A new or changed provider did not start; the former configuration is in force.",
        "The message holds the provider's own code and reason.",
    ),
    code(
        "reload.too_many_libraries",
        "A reload would leave more replaced libraries in memory than `reload.libraries-max`.",
        "Restart the host when it suits: no library is ever unmapped.",
    ),
    code(
        "reload.watch_failed",
        "A folder can't be watched (logged).",
        "Check that it is there, and the system's limit of watches; reload by hand meanwhile.",
    ),
];

pub(super) const HOST: &[Explained] = &[
    code("host.bind", "An address of `[listen]` can't be bound.", "Name another, or port 0 for any free one."),
    code("host.door_failed", "A door ended early (logged).", "Report it."),
    code(
        "host.ended_abruptly",
        "The last run was not told to end, and no provider is known to be the cause (logged): killed, out of memory, no power.",
        "The line names what was in flight. Look what the system says of it.",
    ),
    code(
        "host.outbound_unusable",
        "The HTTP client for plugins can't be made (logged); plugins that speak HTTP reach nothing.",
        "Look at `[outbound]`; the message names the cause.",
    ),
    code(
        "host.requests_cut",
        "Requests were still in flight at the end of `shutdown.grace` (logged).",
        "Raise `shutdown.grace` if they are worth waiting for.",
    ),
    code("host.runtime", "The system gave no threads.", "Check its process and thread limits."),
    code("host.signals", "Signals can't be waited for (logged).", "Report it."),
    code(
        "host.tls",
        "`redis.tls-certificate` and `redis.tls-key` can't be used.",
        "Give PEM files: the certificate with those above it, and its private key.",
    ),
    code(
        "host.unwatched",
        "Crashes of plugins can't be attributed in this run (logged).",
        "The message says why; the journal's folder must be writable, and no other host may use it.",
    ),
];
