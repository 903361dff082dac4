//! Records of one kind as one entry: what a storm of the same error comes to.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use outrigger_plugin_api::sdk::monitoring::{Event, Frame};

/// Most characters of a text that tell two kinds apart.
const KIND_CHARS_MAX: usize = 300;

/// Kinds that are remembered as shown. Beyond it all are forgotten, and shown in full once more.
const SHOWN_MAX: usize = 1000;

/// Records that are the same but for who, when and how often.
#[derive(Debug)]
pub(crate) struct Group<'r> {
    pub(crate) kind: String,
    /// The one that is shown: the first.
    pub(crate) event: &'r Event,
    pub(crate) first_ms: u64,
    pub(crate) last_ms: u64,
    pub(crate) count: usize,
    /// Whether a message before showed one in full.
    pub(crate) known: bool,
}

/// Groups records with their times, the most severe first, then in the order they came.
pub(crate) fn groups<'r>(records: impl Iterator<Item = (&'r Event, u64)>) -> Vec<Group<'r>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (event, received_ms) in records {
        let at = event.context().timestamp_ms.unwrap_or(received_ms);
        let kind = kind(event);
        let place = *places.entry(kind.clone()).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => {
                group.count += 1;
                group.first_ms = group.first_ms.min(at);
                group.last_ms = group.last_ms.max(at);
            }
            None => groups.push(Group { kind, event, first_ms: at, last_ms: at, count: 1, known: false }),
        }
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.event.severity()));
    groups
}

/// Returns what two records of one kind have in common: the app's own fingerprint, else type and place of an error, or a
/// text without its numbers.
fn kind(event: &Event) -> String {
    match event {
        Event::Error { fingerprint, .. } if !fingerprint.is_empty() => format!("f {}", fingerprint.join("\u{1f}")),
        Event::Error { exceptions, .. } => {
            let first = exceptions.first();
            let name = first.map(|exception| exception.name.as_str()).unwrap_or_default();
            let frames = first.map(|exception| exception.frames.as_slice()).unwrap_or_default();
            match own_frame(frames) {
                Some(frame) => format!("e {name} {:?} {:?}", frame.function, frame.file),
                None => format!("e {name} {}", plain(first.map(|first| first.value.as_str()).unwrap_or_default())),
            }
        }
        Event::Event { name, .. } => format!("n {}", plain(name)),
        Event::Log { message, context, .. } => format!("l {:?} {}", context.logger, plain(message)),
        Event::Span { name, .. } => format!("s {}", plain(name)),
        Event::CheckIn { monitor, status, .. } => format!("c {monitor} {status:?}"),
        Event::Session { status, .. } => format!("u {status:?}"),
        _ => "other".to_owned(),
    }
}

/// Returns the innermost call of the app's own code, else the innermost.
pub(crate) fn own_frame(frames: &[Frame]) -> Option<&Frame> {
    frames.iter().find(|frame| frame.in_app == Some(true)).or_else(|| frames.first())
}

/// Each run of digits becomes one `#`, so that ids and counts don't tell texts apart.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    for letter in text.chars().take(KIND_CHARS_MAX) {
        match letter {
            '0'..='9' if plain.ends_with('#') => {}
            '0'..='9' => plain.push('#'),
            letter => plain.push(letter),
        }
    }
    plain
}

/// The kinds that were shown in full, and when.
#[derive(Debug)]
pub(crate) struct Shown {
    repeat_after: Duration,
    kinds: Mutex<HashMap<String, Instant>>,
}

impl Shown {
    pub(crate) fn new(repeat_after: Duration) -> Self {
        Self { repeat_after, kinds: Mutex::default() }
    }

    /// Marks the groups that were shown not long ago.
    pub(crate) fn mark(&self, groups: &mut [Group<'_>], now: Instant) {
        let kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        for group in groups {
            let shown = kinds.get(&group.kind);
            group.known = shown.is_some_and(|shown| now.saturating_duration_since(*shown) < self.repeat_after);
        }
    }

    /// Remembers what a message has shown in full.
    pub(crate) fn remember(&self, kinds: Vec<String>, now: Instant) {
        let mut shown = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.len().saturating_add(kinds.len()) > SHOWN_MAX {
            shown.clear();
        }
        shown.extend(kinds.into_iter().map(|kind| (kind, now)));
    }
}

#[cfg(test)]
mod tests;
