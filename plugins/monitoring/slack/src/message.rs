//! A digest as Slack's blocks, within Slack's bounds.

use outrigger_plugin_api::sdk::{
    Moment,
    monitoring::{Event, Severity},
};
use serde_json::{Value, json};

use crate::digest::{Group, own_frame};

/// Most characters of a section's text (Block Kit reference).
const SECTION_CHARS_MAX: usize = 3000;

/// Most blocks of a message, of which one is the head and one the list at the end.
const BLOCKS_MAX: usize = 50;

/// Most characters of all blocks. Slack documents none, and refuses about 13,200 as `msg_blocks_too_long` (bolt-js 2509).
const MESSAGE_CHARS_MAX: usize = 12_000;

/// Room for the list of what is not shown in full.
const LIST_CHARS_MAX: usize = 2500;

/// Most characters of one text of a record: seven of them fill a section.
const TEXT_CHARS_MAX: usize = 400;

/// Most characters of a title that is one line of many: about what fits a line on a screen.
const TITLE_CHARS_MAX: usize = 80;

/// A message, and which kinds it shows in full.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) body: Value,
    pub(crate) shown: Vec<String>,
}

/// Writes a message that every record of the groups is in: in full, as one of so many, or in the number at the end.
pub(crate) fn write(groups: &[Group<'_>]) -> Message {
    let records: usize = groups.iter().map(|group| group.count).sum();
    let head = format!("*{}* of {}", counted(records, "record"), counted(groups.len(), "kind"));
    let mut left = MESSAGE_CHARS_MAX - LIST_CHARS_MAX - head.len();
    let (mut blocks, mut shown, mut listed) = (vec![section(&head)], Vec::new(), Vec::new());
    for group in groups {
        let text = full(group);
        let length = text.chars().count();
        if group.known || length > left || blocks.len() + 1 >= BLOCKS_MAX {
            listed.push(group);
        } else {
            left -= length;
            blocks.push(section(&text));
            shown.push(group.kind.clone());
        }
    }
    if !listed.is_empty() {
        blocks.push(section(&list(&listed)));
    }
    let first = groups.first().map(|group| cut(&title(group.event), TITLE_CHARS_MAX)).unwrap_or_default();
    let text = format!("{}: {}", counted(records, "record"), escaped(&first));
    Message { body: json!({ "text": text, "blocks": blocks, "unfurl_links": false }), shown }
}

fn section(text: &str) -> Value {
    json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } })
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Writes the first of a group in full, and how many more there are.
fn full(group: &Group<'_>) -> String {
    let context = group.event.context();
    let mut lines = vec![format!("{} *{}*", sign(group.event.severity()), shown(&title(group.event)))];
    if let Event::Error { exceptions, .. } = group.event {
        let frame = exceptions.first().and_then(|exception| own_frame(&exception.frames));
        lines.extend(frame.map(|frame| {
            let (function, file) = (frame.function.as_deref().unwrap_or("?"), frame.file.as_deref().unwrap_or("?"));
            shown(&format!("at {function} ({file}:{})", frame.line.unwrap_or(0)))
        }));
        let causes = exceptions.iter().skip(1).take(3);
        lines.extend(causes.map(|cause| shown(&format!("caused by {}: {}", cause.name, cause.value))));
    }
    let user = context.user.as_ref().and_then(|user| user.id.as_deref());
    let request = context.request.as_ref().map(|request| {
        format!("{} {}", request.method.as_deref().unwrap_or("?"), request.url.as_deref().unwrap_or("?"))
    });
    let facts = [
        ("environment", context.environment.as_deref()),
        ("release", context.release.as_deref()),
        ("user", user),
        ("request", request.as_deref()),
        ("trace", context.trace_id.as_deref()),
    ];
    let facts: Vec<_> = facts.iter().filter_map(|(name, fact)| Some(format!("{name} {}", shown((*fact)?)))).collect();
    lines.extend((!facts.is_empty()).then(|| facts.join(" · ")));
    lines.extend(context.session_url().and_then(|url| link(url, "session")));
    let when = date(group.first_ms);
    lines.push(match group.count - 1 {
        0 => when,
        more => format!("{when} – _{more} more suppressed, the last {}_", date(group.last_ms)),
    });
    bounded(lines.join("\n"), SECTION_CHARS_MAX)
}

/// Lists groups in a line each as far as there is room, and counts the rest.
fn list(groups: &[&Group<'_>]) -> String {
    let mut text = String::from("Not shown in full:");
    let (mut kinds, mut records) = (0, 0);
    for group in groups {
        let title = escaped(&cut(&title(group.event), TITLE_CHARS_MAX));
        let again = if group.known { "again" } else { "new" };
        let line = format!("\n{} {title} – _{} suppressed, {again}_", sign(group.event.severity()), group.count);
        // The last line, which counts the rest, takes less than 100.
        if kinds > 0 || text.chars().count() + line.chars().count() > LIST_CHARS_MAX - 100 {
            (kinds, records) = (kinds + 1, records + group.count);
        } else {
            text.push_str(&line);
        }
    }
    if kinds > 0 {
        text.push_str(&format!("\n… and {} of {}", counted(records, "record"), counted(kinds, "kind")));
    }
    text
}

fn title(event: &Event) -> String {
    match event {
        Event::Error { exceptions, .. } => exceptions.first().map_or_else(
            || "an error without exception".to_owned(),
            |first| {
                if first.value.is_empty() { first.name.clone() } else { format!("{}: {}", first.name, first.value) }
            },
        ),
        Event::Event { name, .. } | Event::Span { name, .. } => name.clone(),
        Event::Log { message, .. } => message.clone(),
        Event::CheckIn { monitor, status, .. } => format!("{monitor} is {status:?}"),
        Event::Session { status, .. } => format!("a session is {status:?}"),
        _ => "a record of a later version".to_owned(),
    }
}

const fn sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Fatal => ":rotating_light:",
        Severity::Error => ":red_circle:",
        Severity::Warning => ":large_yellow_circle:",
        Severity::Info | Severity::Debug => ":large_blue_circle:",
    }
}

/// A time that Slack shows in the reader's zone.
fn date(unix_ms: u64) -> String {
    format!("<!date^{}^{{date_num}} {{time_secs}}|{}>", unix_ms / 1000, Moment(unix_ms))
}

/// Returns a link, where the address can't end it early or lead elsewhere than it shows.
fn link(url: &str, name: &str) -> Option<String> {
    let plain = url.starts_with("https://") && url.len() <= TEXT_CHARS_MAX;
    let harmless = |letter: char| letter.is_ascii_graphic() && !matches!(letter, '<' | '>' | '|');
    (plain && url.chars().all(harmless)).then(|| format!("<{}|{name}>", url.replace('&', "&amp;")))
}

fn shown(text: &str) -> String {
    escaped(&cut(text, TEXT_CHARS_MAX))
}

/// Makes a text harmless: no mention, no link, no line of its own.
fn escaped(text: &str) -> String {
    let plain: String = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn cut(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Cuts a text that is written already: escapes may have made it long. Half an escape is left out.
fn bounded(text: String, chars_max: usize) -> String {
    let Some((at, _)) = text.char_indices().nth(chars_max - 1) else { return text };
    let kept = text.get(..at).unwrap_or_default();
    let whole = kept.rfind(['&', '<']).filter(|from| !kept.get(*from..).unwrap_or_default().contains([';', '>']));
    format!("{}…", kept.get(..whole.unwrap_or(at)).unwrap_or_default())
}

#[cfg(test)]
mod tests;
