//! Files that are replaced as a whole have the old bytes or the new.

use crate::journal::{
    fault::{Fault, FaultDisk, Power},
    read_whole, write_atomically,
};

#[test]
fn a_replaced_file_is_old_or_new_whatever_happens() {
    let new = [b'n'; 100];
    for at in 0..6 {
        for fault in [Fault::Fail, Fault::Tear, Fault::Die] {
            for (power, seed) in Power::ALL.into_iter().flat_map(|power| (0..8).map(move |seed| (power, seed))) {
                let disk = FaultDisk::new();
                disk.put("cursor", b"old");
                disk.fail(at, fault);
                let written = write_atomically(&disk, "cursor", &new);
                disk.stop();
                disk.restart(power, seed);
                let found = read_whole(&disk, "cursor", 1_000).unwrap().unwrap();
                assert!(
                    found == new || (found == b"old" && written.is_err()),
                    "{fault:?} at {at}, {power:?}: {found:?}"
                );
                // What is left of the first try is no obstacle.
                write_atomically(&disk, "cursor", b"third").unwrap();
                disk.restart(Power::Lost, 0);
                assert_eq!(read_whole(&disk, "cursor", 1_000).unwrap().unwrap(), b"third");
            }
        }
    }
}

#[test]
fn reading_a_whole_file_is_bounded_and_tells_its_absence() {
    let disk = FaultDisk::new();
    assert_eq!(read_whole(&disk, "cursor", 10).unwrap(), None);
    disk.put("cursor", &[1; 11]);
    assert_eq!(read_whole(&disk, "cursor", 10).unwrap_err().kind(), std::io::ErrorKind::FileTooLarge);
    assert_eq!(read_whole(&disk, "cursor", 11).unwrap().unwrap(), [1; 11]);
}
