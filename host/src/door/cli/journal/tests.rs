//! How the journal's answers read.

use super::*;

#[test]
fn a_bar_fills_and_never_changes_its_width() {
    let progress = |to_read: u64, begun: u64, delivered: u64| {
        bar(&json!({ "total": 100, "to_read": to_read, "begun": begun, "delivered": delivered, "otherwise": 0 }))
    };
    let filled = |text: &str| text.matches('#').count();
    let steps = [progress(100, 0, 0), progress(50, 50, 10), progress(0, 100, 50), progress(0, 100, 100)];
    assert_eq!(steps.iter().map(|step| filled(step)).collect::<Vec<_>>(), [0, 10, 22, 30]);
    assert!(steps.iter().all(|step| step.starts_with('[') && step.find(']') == Some(BAR + 1)), "{steps:?}");
}

#[test]
fn a_status_names_what_is_behind() {
    let status = json!({ "durability": "fsync", "start": 1, "end": 9, "files": 1, "bytes": 700, "bytes_max": 800,
        "free_bytes": 5, "skipped": 0, "code": "journal.disk_low", "message": "little is free", "lanes": [
        { "provider": "posthog", "kind": "analytics", "cursor": 4, "behind": 5, "held": 2, "oldest_ms": 1_500,
          "dead_letters": 3, "lost": 0 }] });
    let shown = text(&status);
    for expected in ["journal.disk_low: little is free", "posthog", "1.5 s", "700 of 800 bytes"] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
}

#[test]
fn a_filter_is_a_pointer_and_a_text() {
    let output = OutputArguments::default();
    assert_eq!(
        pairs(&["/event=a=b".to_owned()], output),
        Ok([("/event".to_owned(), "a=b".into())].into_iter().collect())
    );
    for bad in ["event=a", "/event"] {
        assert_eq!(pairs(&[bad.to_owned()], output), Err(Exit::Failed), "{bad}");
    }
}
