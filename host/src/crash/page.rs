//! The page that outlives the process: who is there, what is in flight, and how it ended.
//!
//! Every field is a 64-bit word of its own, stored whole, so that whatever moment the process ends at, each word is an old
//! or a new one, and any content of the file can be read as words.

use std::{
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use super::mark::Op;

/// Most providers that are marked: more than anyone runs at once; each costs 320 bytes of the page.
pub(super) const PROVIDERS_MAX: usize = 64;
/// Words of a text: 64 bytes, the longest name of a provider and the length of a SHA-256 in digits.
const TEXT: usize = 8;
/// Words before the first provider.
const HEAD: usize = 16;
/// Words of a provider: name, content, start, seven to spare, a count for each operation.
const ENTRY: usize = TEXT + TEXT + 8 + Op::ALL.len();
/// Words of the page.
pub(super) const WORDS: usize = HEAD + ENTRY * PROVIDERS_MAX;

/// Tells the file from any other; the last digit is the version of its form.
pub(super) const MAGIC: u64 = u64::from_be_bytes(*b"outrigr1");

/// The words of the head.
#[derive(Debug, Clone, Copy)]
pub(super) enum Head {
    /// [`MAGIC`].
    Magic = 0,
    /// A random number of this run.
    Run,
    /// 1 once the process ends as it was told to.
    Clean,
    /// How it ended, see [`super::ended::Cause`]; 0 while nobody knows.
    Cause,
    /// Which provider it was, from 1; 0 for nobody known.
    Provider,
    /// Which operation it was, from 1; 0 for none known.
    Operation,
    /// When, in unix milliseconds.
    At,
    /// When, in milliseconds of the monotonic clock.
    Moment,
}

/// The page.
#[derive(Debug)]
#[repr(transparent)]
pub(super) struct Page([AtomicU64; WORDS]);

/// Serves until a file is mapped, and for ever where none is: it is lost with the process.
static LOCAL: Page = Page([const { AtomicU64::new(0) }; WORDS]);
/// Takes what has no place.
static SPARE: AtomicU64 = AtomicU64::new(0);
/// The mapped file and its folder.
static MAPPED: OnceLock<(&'static Page, PathBuf)> = OnceLock::new();

/// Returns the page in use. Fit for a signal handler.
pub(super) fn present() -> &'static Page {
    MAPPED.get().map_or(&LOCAL, |(page, _)| page)
}

/// Returns the page that is a mapped file, where there is one. Fit for a signal handler.
#[cfg(target_os = "linux")]
pub(super) fn mapped() -> Option<&'static Page> {
    MAPPED.get().map(|(page, _)| *page)
}

/// Returns the folder of the page in use, where there is one.
pub(super) fn folder() -> Option<&'static Path> {
    MAPPED.get().map(|(_, folder)| folder.as_path())
}

/// Puts a mapped page in use; tells whether it was the first.
#[cfg(target_os = "linux")]
pub(super) fn adopt(page: &'static Page, folder: PathBuf) -> bool {
    MAPPED.set((page, folder)).is_ok()
}

impl Page {
    pub(super) fn head(&self, head: Head) -> &AtomicU64 {
        self.word(head as usize)
    }

    pub(super) fn set_name(&self, at: usize, name: &str) {
        self.set_text(entry(at), name);
    }

    pub(super) fn set_content(&self, at: usize, sha256: &str) {
        self.set_text(entry(at) + TEXT, sha256);
        self.started(at).store(monotonic_ms(), Relaxed);
    }

    /// When the provider's present generation began to load, in milliseconds of the monotonic clock.
    fn started(&self, at: usize) -> &AtomicU64 {
        self.word(entry(at) + TEXT + TEXT)
    }

    /// How many calls of one operation are in flight.
    pub(super) fn in_flight(&self, at: usize, op: usize) -> &AtomicU64 {
        self.word(entry(at) + TEXT + TEXT + 8 + op)
    }

    fn set_text(&self, at: usize, text: &str) {
        let mut bytes = text.bytes();
        for word in at..at + TEXT {
            let eight = std::array::from_fn(|_| bytes.next().unwrap_or_default());
            self.word(word).store(u64::from_ne_bytes(eight), Relaxed);
        }
    }

    fn word(&self, at: usize) -> &AtomicU64 {
        self.0.get(at).unwrap_or(&SPARE)
    }
}

const fn entry(at: usize) -> usize {
    HEAD + ENTRY * at
}

/// A page as the file held it.
#[derive(Debug, Clone)]
pub(super) struct Words(Vec<u64>);

/// A provider as the page held it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    pub(super) sha256: String,
    pub(super) started: u64,
    pub(super) in_flight: Vec<(Op, u64)>,
}

impl Words {
    /// Reads a file's bytes; `None` where they are no page of this form.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (eights, _) = bytes.as_chunks::<8>();
        let words = Self(eights.iter().map(|eight| u64::from_ne_bytes(*eight)).collect());
        (words.0.len() == WORDS && words.head(Head::Magic) == MAGIC).then_some(words)
    }

    pub(super) fn head(&self, head: Head) -> u64 {
        self.word(head as usize)
    }

    /// Returns the provider of a place; `None` where none was, or its words make no sense.
    pub(super) fn entry(&self, at: usize) -> Option<Entry> {
        if at >= PROVIDERS_MAX {
            return None;
        }
        let name = self.text(entry(at)).filter(|name| !name.is_empty())?;
        let counts = entry(at) + TEXT + TEXT + 8;
        let in_flight = Op::ALL.into_iter().map(|op| (op, self.word(counts + op as usize)));
        Some(Entry {
            name,
            sha256: self.text(entry(at) + TEXT)?,
            started: self.word(entry(at) + TEXT + TEXT),
            in_flight: in_flight.filter(|(_, count)| *count > 0).collect(),
        })
    }

    /// Returns a text; `None` where it is not printable ASCII, of which names and hashes are.
    fn text(&self, at: usize) -> Option<String> {
        let bytes: Vec<u8> = (at..at + TEXT).flat_map(|at| self.word(at).to_ne_bytes()).collect();
        let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
        let text = std::str::from_utf8(text).ok()?;
        text.bytes().all(|byte| byte.is_ascii_graphic()).then(|| text.to_owned())
    }

    fn word(&self, at: usize) -> u64 {
        self.0.get(at).copied().unwrap_or_default()
    }
}

#[cfg(target_os = "linux")]
use super::trap::monotonic_ms;

/// Nobody compares it elsewhere.
#[cfg(not(target_os = "linux"))]
const fn monotonic_ms() -> u64 {
    0
}
