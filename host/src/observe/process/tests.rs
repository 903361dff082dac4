//! Reading the kernel's files.

use super::*;

#[test]
fn the_kernels_words_are_read() {
    assert_eq!(resident("Name:\tx\nVmRSS:\t   1234 kB\nThreads:\t1\n"), Some(1234 * 1024));
    let limits = "Limit                     Soft Limit           Hard Limit           Units\n\
                  Max open files            1024                 4096                 files\n";
    assert_eq!(max_fds(limits), Some(1024));
    assert_eq!(max_fds("Max open files            unlimited            unlimited            files"), None);
    for damaged in ["", "VmRSS:", "VmRSS: x kB", "VmRSS: 18446744073709551615 kB", "Max open files"] {
        assert_eq!((resident(damaged), max_fds(damaged)), (None, None), "{damaged}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_descriptor_more_is_counted() {
    begin();
    let file = std::fs::File::open("/proc/self/status").unwrap();
    let figures = figures();
    // Other tests of the process open and close files meanwhile: only bounds are certain.
    assert!(
        figures.open_fds.is_some_and(|open| open >= 4 && open < figures.max_fds.unwrap_or(u64::MAX)),
        "{figures:?}"
    );
    assert!(figures.resident_bytes.is_some_and(|bytes| bytes > 1 << 20), "{figures:?}");
    assert!(figures.began_s > 1.7e9 && figures.up_s < 600.0, "{figures:?}");
    drop(file);
}
