//! Looks at every name and header in the folder.

use crate::journal::{
    disk::{Disk, Listed},
    format::{HEADER_BYTES, Header, ReadHeader, first_in_name, is_journal_file},
    held::HeldFile,
    recover::Recovery,
};

/// Ends the name of a journal file that was set aside. Its name still tells which positions it may hold.
const SET_ASIDE: &str = ".bad";

/// What the names and headers say.
pub(super) struct Survey {
    /// Files to read from, oldest first.
    pub(super) files: Vec<HeldFile>,
    /// Higher than any position a name tells of, or a file that can't be read may hold.
    pub(super) next: u64,
}

/// What becomes of one journal file.
enum Fate {
    Hold(Header),
    /// It is as good as not there: made, but its header never reached the disk.
    Unborn,
    SetAside,
    LeaveAlone,
}

/// Sorts what was listed. Names of other programs are passed over.
pub(super) fn survey(disk: &dyn Disk, listed: Vec<Listed>, recovery: &mut Recovery) -> Survey {
    let mut survey = Survey { files: Vec::new(), next: 1 };
    for Listed { name, bytes } in listed {
        let Some(first) = first_in_name(&name) else { continue };
        // A name is never used twice, whatever became of its file.
        survey.next = survey.next.max(first.saturating_add(1));
        let fate = if is_journal_file(&name) { fate(disk, &name, first, bytes) } else { Fate::LeaveAlone };
        match fate {
            Fate::Hold(header) => {
                survey.files.push(HeldFile::new(header, bytes));
                continue;
            }
            Fate::Unborn => {
                // Should this fail, the next opening tries again.
                let _ = disk.remove(&name);
                continue;
            }
            Fate::SetAside if disk.rename(&name, &format!("{name}{SET_ASIDE}")).is_ok() => {
                recovery.set_aside.push(format!("{name}{SET_ASIDE}"));
                tracing::error!(file = name, "a journal file with a damaged header was set aside");
            }
            Fate::SetAside | Fate::LeaveAlone => {
                if is_journal_file(&name) {
                    tracing::warn!(file = name, "a journal file can't be read and stays as it is");
                    recovery.left_alone.push(name);
                }
            }
        }
        // Each record takes at least a byte, in any version.
        survey.next = survey.next.max(first.saturating_add(bytes).saturating_add(1));
    }
    survey.files.sort_by_key(|file| file.header.first);
    survey
}

fn fate(disk: &dyn Disk, name: &str, first: u64, bytes: u64) -> Fate {
    match read_header(disk, name) {
        Ok(ReadHeader::Known(header)) if header.first == first => Fate::Hold(header),
        Ok(ReadHeader::Other(_)) | Err(_) => Fate::LeaveAlone,
        Ok(_) if bytes <= HEADER_BYTES => Fate::Unborn,
        Ok(_) => Fate::SetAside,
    }
}

fn read_header(disk: &dyn Disk, name: &str) -> std::io::Result<ReadHeader> {
    let mut bytes = vec![0; usize::try_from(HEADER_BYTES).unwrap_or(usize::MAX)];
    let read = disk.open(name)?.read_at(&mut bytes, 0)?;
    bytes.truncate(read);
    Ok(Header::read(&bytes))
}

/// Deletes files without records, except the newest, which alone may remember the next position.
pub(super) fn remove_empty(disk: &dyn Disk, files: &mut Vec<HeldFile>) {
    let newest = files.last().map(|file| file.header.first);
    // Should deleting fail, the next opening tries again; without records it does not matter.
    files.retain(|file| !file.is_empty() || Some(file.header.first) == newest || disk.remove(&file.name()).is_err());
}
