//! Arbitrary bytes as requests of Redis' protocol: nothing panics, hangs, or is read otherwise when cut otherwise.
#![no_main]

// Under the name it has in the host, where the same file is an ordinary test.
use outrigger::resp;

#[path = "../../host/src/resp/parse/tests/examine.rs"]
mod examine;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| examine::examine(bytes));
