//! Codes of what becomes of events after they were accepted.

use super::{Explained, code};

pub(super) const DELIVERY: &[Explained] = &[
    code(
        "delivery.ambiguous",
        "A dead letter: the provider gave no answer in time, so nobody knows whether it has the event.",
        "Look at the backend, then replay or purge it. `delivery.on-ambiguous` sets what is done.",
    ),
    code(
        "delivery.cursor_ahead",
        "A provider's cursor is beyond the journal's end (logged): the folder lost files, or is another's.",
        "Put the right folder back before new events come, or accept that the provider begins at the end.",
    ),
    code(
        "delivery.cursor_behind",
        "Records are gone from the journal that a provider never had (logged, counted as lost).",
        "Raise `journal.size-max`, or look why the provider was away so long.",
    ),
    code(
        "delivery.cursor_failed",
        "A provider's cursor can't be read or written (logged; at the start no event is taken).",
        "Look at the cause: space, permissions. Deliveries go on; a crash meanwhile repeats some.",
    ),
    code(
        "delivery.cursor_unreadable",
        "A provider's cursor file makes no sense (logged).",
        "Nothing: the provider gets everything the journal holds once more, with the same ids.",
    ),
    code(
        "delivery.dropped",
        "The journal is full, and `delivery.on-full` let a provider's oldest records go (logged, counted).",
        "Mend the provider, raise `journal.size-max`, or set `on-full = \"reject\"`.",
    ),
    code(
        "delivery.expired",
        "A dead letter: it was older than `delivery.age-max` before the provider had it.",
        "Mend the provider, then replay it.",
    ),
    code("delivery.missing", "There is no event, replay or provider of this name or id.", "Look at the name or id."),
    code(
        "delivery.poison",
        "A dead letter: the provider failed or panicked each time this record was sent.",
        "Report it to the plugin's author with the letter; replay it after an update.",
    ),
    code(
        "delivery.reader_failed",
        "A read of the journal ended early (logged); the provider's deliveries stand still.",
        "Report it; a restart goes on where it was.",
    ),
    code(
        "delivery.rejected",
        "A dead letter: the provider said that it will never take this record.",
        "Read its reason; mend the sender, then purge or replay it.",
    ),
    code(
        "delivery.retry",
        "The provider asked to be sent this record again later (in receipts).",
        "Nothing: it is tried again.",
    ),
    code(
        "delivery.unfinished",
        "The grace period ended during deliveries (logged).",
        "Nothing: the next start goes on with them.",
    ),
];
