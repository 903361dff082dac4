//! Readers that leave and readers that are slow.

use std::{io::Read, os::fd::OwnedFd, os::unix::net::UnixStream};

use super::*;

fn pair() -> (Duplicate, UnixStream) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    ours.set_nonblocking(true).unwrap();
    (Duplicate { file: OwnedFd::from(ours).into(), torn: false }, theirs)
}

fn lines(records: &[&str]) -> Lines {
    let mut lines = Lines::default();
    for record in records {
        lines.bytes.extend_from_slice(record.as_bytes());
        lines.ends.push(lines.bytes.len());
    }
    lines
}

#[test]
fn a_reader_that_left_is_an_error_and_no_signal() {
    let (mut stream, reader) = pair();
    stream.write(&lines(&["one\n"])).unwrap();
    drop(reader);
    let stopped = stream.write(&lines(&["two\n"])).unwrap_err();
    assert_eq!((stopped.records, stopped.error.kind()), (0, io::ErrorKind::BrokenPipe));
}

#[test]
fn after_half_a_line_the_next_one_begins_anew() {
    let (mut stream, mut reader) = pair();
    let large = format!("{}\n", "x".repeat(4 << 20));
    let stopped = stream.write(&lines(&["whole\n", &large])).unwrap_err();
    assert_eq!((stopped.records, stopped.error.kind()), (1, io::ErrorKind::WouldBlock));

    let reading = std::thread::spawn(move || {
        let mut text = String::new();
        reader.read_to_string(&mut text).map(|_| text)
    });
    stream.write(&lines(&["after\n"])).unwrap();
    drop(stream);
    let text = reading.join().unwrap().unwrap();
    let shown: Vec<_> = text.lines().map(|line| line.trim_start_matches('x')).collect();
    assert_eq!(shown, ["whole", "", "after"]);
}
