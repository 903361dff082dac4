//! Arbitrary bytes as journal files: nothing panics, hangs, or is given out twice.
#![no_main]

// Under the name it has in the host, where the same file is an ordinary test.
use outrigger::journal;

#[path = "../../host/src/journal/tests/any_bytes/examine.rs"]
mod examine;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| examine::examine(bytes));
