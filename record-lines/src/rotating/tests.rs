//! Turning files over, and disks that say no.

use super::*;

fn lines(records: &[&str]) -> Lines {
    let mut lines = Lines::default();
    for record in records {
        lines.bytes.extend_from_slice(record.as_bytes());
        lines.ends.push(lines.bytes.len());
    }
    lines
}

fn read(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok()
}

#[test]
fn files_turn_over_and_the_oldest_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut file = Rotating::open(path.clone(), 10, 2, Sync::Batch).unwrap();
    for record in ["first 1\n", "second\n", "third\n", "fourth\n"] {
        file.write(&lines(&[record])).unwrap();
    }
    assert_eq!(read(&path).as_deref(), Some("fourth\n"));
    assert_eq!(read(&numbered(&path, 1)).as_deref(), Some("third\n"));
    assert_eq!(read(&numbered(&path, 2)).as_deref(), Some("second\n"));
    assert_eq!(read(&numbered(&path, 3)), None);
}

#[test]
fn a_batch_is_never_split_and_none_kept_means_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut file = Rotating::open(path.clone(), 4, 0, Sync::Batch).unwrap();
    file.write(&lines(&["one\n", "two\n", "three\n"])).unwrap();
    assert_eq!(read(&path).as_deref(), Some("one\ntwo\nthree\n"));
    file.write(&lines(&["four\n"])).unwrap();
    assert_eq!(read(&path).as_deref(), Some("four\n"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_file_emptied_by_somebody_else_is_small_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    let mut file = Rotating::open(path.clone(), 10, 2, Sync::Never).unwrap();
    file.write(&lines(&["12345678\n"])).unwrap();
    File::options().write(true).open(&path).unwrap().set_len(0).unwrap();
    file.write(&lines(&["after\n"])).unwrap();
    assert_eq!(read(&path).as_deref(), Some("after\n"));
    assert_eq!(read(&numbered(&path, 1)), None);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_stops_and_a_free_one_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    std::os::unix::fs::symlink("/dev/full", &path).unwrap();
    let mut file = Rotating::open(path.clone(), 10, 2, Sync::Never).unwrap();
    let stopped = file.write(&lines(&["one\n", "two\n"])).unwrap_err();
    assert_eq!((stopped.records, stopped.error.kind()), (0, io::ErrorKind::StorageFull));
    fs::remove_file(&path).unwrap();
    file.write(&lines(&["three\n"])).unwrap();
    assert_eq!(read(&path).as_deref(), Some("three\n"));
}

#[test]
fn what_was_written_whole_counts() {
    let lines = lines(&["one\n", "two\n", "three\n"]);
    let whole: Vec<_> = [0, 3, 4, 8, 13, 14].map(|bytes| lines.whole(bytes)).into();
    assert_eq!(whole, [0, 0, 1, 2, 2, 3]);
}
