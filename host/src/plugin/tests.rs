//! The stations that need no plugin: the listing of folders and the private copies. Those that do are tested with
//! real libraries, in the crate `tests`.

#[cfg(unix)]
mod discover;
mod stage;
