//! When room is set aside, and how much.

use super::{COMMIT_BYTES_MAX, ROOM_BYTES, Room};

const FILE_BYTES: u64 = 64 << 20;

#[test]
fn room_is_set_aside_behind_a_commit_that_ends_beyond_it() {
    let mut room = Room::default();
    assert_eq!(room.wanted(&(128..600), FILE_BYTES), 600..600 + ROOM_BYTES);
    room.set_aside(600 + ROOM_BYTES);
    assert!(room.wanted(&(600..1_000), FILE_BYTES).is_empty());
    assert!(room.wanted(&(1_000..600 + ROOM_BYTES), FILE_BYTES).is_empty());
    let next = 600 + ROOM_BYTES - 10..600 + ROOM_BYTES + 10;
    assert_eq!(room.wanted(&next, FILE_BYTES), next.end..next.end + ROOM_BYTES);
}

#[test]
fn large_commits_and_full_files_get_none() {
    let room = Room::default();
    assert!(!room.wanted(&(128..128 + COMMIT_BYTES_MAX), FILE_BYTES).is_empty());
    assert!(room.wanted(&(128..129 + COMMIT_BYTES_MAX), FILE_BYTES).is_empty());
    assert_eq!(room.wanted(&(128..500), 600), 500..600);
    assert!(room.wanted(&(128..600), 600).is_empty());
    assert!(room.wanted(&(128..900), 600).is_empty());
}

#[test]
fn a_file_without_room_is_as_long_as_its_records() {
    let mut room = Room::default();
    assert_eq!((room.file_end(700), room.is_behind(700)), (700, false));
    room.set_aside(900);
    assert_eq!((room.file_end(700), room.is_behind(700)), (900, true));
    assert_eq!((room.file_end(950), room.is_behind(950)), (950, false));
    room.give_up();
    assert!(room.is_behind(950) && room.wanted(&(950..960), FILE_BYTES).is_empty());
}
