//! A newest file that the disk does not read for a while is neither deleted nor taken for empty.

use std::{io, sync::Arc};

use super::{ledger::small, read_all};
use crate::journal::{
    Disk, Durability, Journal, MemoryDisk, Options, Position,
    disk::{DiskFile, Listed},
    format::HEADER_BYTES,
};

/// A disk that reads headers and nothing behind them.
struct HeadersOnly(Arc<MemoryDisk>);

struct HeaderOnly(Box<dyn DiskFile>);

impl Disk for HeadersOnly {
    fn list(&self) -> io::Result<Vec<Listed>> {
        self.0.list()
    }

    fn create(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        self.0.create(name)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(HeaderOnly(self.0.open(name)?)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.0.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.0.remove(name)
    }

    fn sync_dir(&self) -> io::Result<()> {
        self.0.sync_dir()
    }

    fn free_bytes(&self) -> io::Result<u64> {
        self.0.free_bytes()
    }
}

impl DiskFile for HeaderOnly {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        self.0.write_at(bytes, offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.0.sync()
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        if offset >= HEADER_BYTES { Err(io::Error::other("bad sector")) } else { self.0.read_at(buffer, offset) }
    }

    fn len(&self) -> io::Result<u64> {
        self.0.len()
    }

    fn truncate(&self, bytes: u64) -> io::Result<()> {
        self.0.truncate(bytes)
    }
}

#[tokio::test]
async fn records_that_could_not_be_read_are_there_again_when_the_disk_reads_again() {
    let disk = Arc::new(MemoryDisk::new());
    let (journal, _) = Journal::open(disk.clone(), small(Durability::Fsync)).unwrap();
    let first = journal.append(b"before").await.unwrap();
    drop(journal);
    let (journal, recovery) = Journal::open(Arc::new(HeadersOnly(disk.clone())), small(Durability::Fsync)).unwrap();
    assert_eq!((recovery.files, recovery.left_alone.len()), (1, 1), "{recovery:?}");
    let second = journal.append(b"after").await.unwrap();
    drop(journal);
    let (journal, _) = Journal::open(disk, small(Durability::Fsync)).unwrap();
    let expected = [(first.0, b"before".to_vec()), (second.0, b"after".to_vec())];
    assert_eq!(read_all(&journal, Position(0), 100), expected);
    assert_eq!(journal.start(), first);
}

#[tokio::test]
async fn what_was_just_written_is_read_without_the_disk() {
    let options = Options { file_bytes: 3_000, ..small(Durability::Fsync) };
    let (journal, _) = Journal::open(Arc::new(HeadersOnly(Arc::default())), options).unwrap();
    let (mut reader, mut read) = (journal.reader(Position(0)), Vec::new());
    for number in 0..60_u8 {
        journal.append_all(&[[number; 100], [number; 100]]).await.unwrap();
        // Every third time, so that some reads find several commits; and in the newest file each time it begins.
        if number % 3 == 2 {
            while reader.position() < journal.end() {
                match reader.read(250) {
                    Ok(entries) => read.extend(entries.into_iter().map(|entry| (entry.position.0, entry.payload[0]))),
                    // Only of the file before, which is not in memory any more.
                    Err(_) => reader = journal.reader(reader.position().next()),
                }
            }
        }
    }
    assert!(journal.stats().files > 3 && read.len() > 60, "{} of 120", read.len());
    assert!(read.iter().all(|(position, number)| u64::from(*number) == (position - 1) / 2), "{read:?}");
    assert!(read.windows(2).all(|pair| pair[0].0 < pair[1].0), "{read:?}");
}
