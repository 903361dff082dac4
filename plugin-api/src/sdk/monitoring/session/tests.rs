//! Tests of which links are kept.

use super::Context;

#[test]
fn a_plain_link_becomes_a_tag_and_nothing_else_does() {
    let noted = |url: &str| {
        let mut context = Context::default();
        context.note_session_url(url);
        context.session_url().map(str::to_owned)
    };
    let url = "https://app.logrocket.com/org/app/s/5-abc/0/1?t=2&x=%20";
    assert_eq!(noted(&format!(" {url} ")).as_deref(), Some(url));
    for url in ["", "http://a", "javascript:alert(1)", "https://a b", "https://a\nb", "https://a|<b>", "https://ä"] {
        assert_eq!(noted(url), None, "{url}");
    }
    assert_eq!(noted(&format!("https://{}", "a".repeat(1024))), None);
}

#[test]
fn what_the_app_said_stays() {
    let mut context = Context::default();
    context.note_session_url("https://first");
    context.note_session_url("https://second");
    assert_eq!(context.session_url(), Some("https://first"));
}
