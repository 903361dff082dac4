//! Codes of the journal, which keeps events on disk until they are delivered.

use super::{Explained, code};

pub(super) const JOURNAL: &[Explained] = &[
    code(
        "journal.closed",
        "The journal was closed: the host is shutting down.",
        "Send the event again, to its successor.",
    ),
    code(
        "journal.create_failed",
        "A new journal file can't be made, so nothing is taken. The host tries again every second.",
        "Look at the cause in the log: permissions, a read-only file system, too many open files.",
    ),
    code(
        "journal.delete_failed",
        "A journal file that nobody needs any more can't be deleted (logged). It is tried again.",
        "Look at the cause in the log; until then the file takes space.",
    ),
    code(
        "journal.disk_full",
        "The disk has less free space than the journal leaves alone, or none.",
        "Free space on the journal's disk, or give it another. Nothing taken before is lost.",
    ),
    code(
        "journal.disk_low",
        "The disk has less than twice the free space that the journal leaves alone: the host is not ready.",
        "Free space before events are refused, or lower `journal.free-min`.",
    ),
    code(
        "journal.folder_unusable",
        "The journal's folder can't be made, opened, locked or listed.",
        "Let this user own it.",
    ),
    code(
        "journal.full",
        "The journal has reached `journal.size-max`, and a provider still needs its oldest records: no event is taken.",
        "Mend the provider that is behind (`outrigger journal status`), raise the size, or let it drop its oldest.",
    ),
    code("journal.locked", "Another process has the journal open.", "Stop that one, or name another folder."),
    code("journal.no_thread", "The system gave no thread for the journal.", "Check its process and thread limits."),
    code(
        "journal.overloaded",
        "More bytes wait for the disk than may.",
        "Send again after the time the answer names. If it lasts, the disk is too slow for what comes in.",
    ),
    code(
        "journal.record_too_large",
        "An event, or what was sent in one request, is larger than the journal takes at once.",
        "Send less at once.",
    ),
    code(
        "journal.sync_failed",
        "The system could not bring a journal file to disk. The file is given up and a new one begun.",
        "Send the event again. Look at the disk: it is likely failing.",
    ),
    code(
        "journal.unreadable",
        "The disk does not read a journal file. Damaged content is not reported so: it is skipped.",
        "Look at the disk; what can't be read is tried again.",
    ),
    code(
        "journal.write_failed",
        "A journal file can't be written. The file is given up and a new one begun.",
        "Send the event again. Look at the disk if it repeats.",
    ),
];
