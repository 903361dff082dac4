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
    code("cli.property", "An argument is not `NAME=VALUE`.", "Write for example `plan=pro` or `seats=3`."),
    code("cli.unreachable", "No host answers.", "Start one with `outrigger run`, or name its address with `--url`."),
];

pub(super) const HOST: &[Explained] = &[
    code("host.bind", "An address of `[listen]` can't be bound.", "Name another, or port 0 for any free one."),
    code("host.door_failed", "A door ended early (logged).", "Report it."),
    code(
        "host.outbound_unusable",
        "The HTTP client for plugins can't be made (logged); plugins that speak HTTP reach nothing.",
        "Look at `[outbound]`; the message names the cause.",
    ),
    code(
        "host.reload_unavailable",
        "SIGHUP came; this version does not reload (logged).",
        "Restart the host to take a changed configuration.",
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
];
