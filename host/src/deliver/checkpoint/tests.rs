//! Cursors that are missing, stale, ahead or no cursors at all: no record is skipped that a provider was promised.

use std::sync::Arc;

use super::*;
use crate::{
    deliver::Outcome,
    journal::{Options, disk::MemoryDisk},
};

/// Opens a journal with this many records.
async fn journal(disk: &Arc<MemoryDisk>, records: usize) -> Journal {
    let options = Options { free_bytes_min: 0, ..Options::default() };
    let journal = Journal::open(disk.clone(), options).unwrap().0;
    journal.append_all(&vec![b"record"; records]).await.unwrap();
    journal
}

fn write(disk: &dyn Disk, text: &str) {
    write_atomically(disk, &name("p"), text.as_bytes()).unwrap();
}

#[tokio::test]
async fn a_new_provider_begins_at_the_end_and_goes_on_where_it_was() {
    let disk = Arc::new(MemoryDisk::default());
    let journal = journal(&disk, 5).await;
    let Found { mut progress, lost } = load(&*disk, "p", &journal).unwrap();
    let end = journal.end().0;
    assert_eq!((progress.cursor(), progress.concerns(end - 1), lost), (end, false, 0));
    save(&*disk, "p", &of(&progress)).unwrap();
    journal.append_all(&[b"more"; 4]).await.unwrap();
    for position in end..end + 3 {
        assert!(progress.hold(position, 0));
        progress.read_to(position + 1);
    }
    progress.ended(end, Outcome::Delivered);
    progress.ended(end + 2, Outcome::DeadLettered);
    save(&*disk, "p", &of(&progress)).unwrap();
    let mut again = load(&*disk, "p", &journal).unwrap().progress;
    assert_eq!(again.cursor(), end + 1);
    // What ended out of order is not sent again, what had not is.
    assert_eq!([end + 1, end + 2, end + 3].map(|position| again.hold(position, 0)), [true, false, true]);
}

#[tokio::test]
async fn restarts_without_a_record_lose_nothing() {
    let disk = Arc::new(MemoryDisk::default());
    let began = journal(&disk, 0).await.start().0;
    save(&*disk, "p", &of(&Progress::new(began, began, Runs::default()))).unwrap();
    for _ in 0..3 {
        // The cursor is not written again, as when the process is killed.
        let found = load(&*disk, "p", &journal(&disk, 0).await).unwrap();
        assert_eq!((found.progress.cursor(), found.lost), (began, 0));
    }
}

#[tokio::test]
async fn a_cursor_that_makes_no_sense_begins_at_the_start() {
    for text in ["", "{", "{\"version\":9,\"began\":0,\"cursor\":3,\"runs\":[]}", "\0\0\0"] {
        let disk = Arc::new(MemoryDisk::default());
        let journal = journal(&disk, 5).await;
        write(&*disk, text);
        let found = load(&*disk, "p", &journal).unwrap();
        assert_eq!((found.progress.cursor(), found.lost), (journal.start().0, 0), "{text:?}");
        assert!(found.progress.concerns(journal.start().0), "{text:?}");
    }
}

#[tokio::test]
async fn a_cursor_ahead_begins_at_the_end_and_one_behind_counts_what_is_gone() {
    let disk = Arc::new(MemoryDisk::default());
    let journal = journal(&disk, 5).await;
    write(&*disk, "{\"version\":1,\"began\":1,\"cursor\":1000000,\"runs\":[[1,2000000,\"delivered\"]]}");
    let ahead = load(&*disk, "p", &journal).unwrap();
    assert_eq!((ahead.progress.cursor(), ahead.lost), (journal.end().0, 0));
    let start = journal.start().0;
    write(&*disk, "{\"version\":1,\"began\":0,\"cursor\":0,\"runs\":[]}");
    let behind = load(&*disk, "p", &journal).unwrap();
    assert_eq!((behind.progress.cursor(), behind.lost), (start, start));
}
