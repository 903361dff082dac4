//! Checks the mask, the drawing and the JSON.

use std::sync::Arc;

use super::mask::mask;
use super::*;

fn file(text: &str) -> Arc<SourceFile> {
    Arc::new(SourceFile { name: "plugins.toml".to_owned(), text: text.to_owned() })
}

fn at(text: &str, what: &str) -> Origin {
    let start = text.find(what).unwrap();
    Origin::File { file: file(text), span: start..start + what.len() }
}

#[test]
fn what_may_be_secret_is_masked() {
    for (text, expected) in [
        ("[listen]\nhttp = \"127.0.0.1:1\"", "[listen]\nhttp = \"127.0.0.1:1\""),
        ("[providers.r]\nsettings.url = \"pw\"", "[providers.r]\nsettings.url = ****"),
        ("[providers.r]\nsettings.url = pw@host", "[providers.r]\nsettings.url = *******"),
        ("[providers.r]\nsettings.url = \"pw", "[providers.r]\nsettings.url = ***"),
        ("[providers.r]\nsettings.url \"pw\"", "[providers.r]\nsettings.url ****"),
        ("[providers.r]\nurl = { env = \"PW\" }", "[providers.r]\nurl = { env = \"PW\" }"),
        ("[providers.r]\nurl = { evn = \"PW\" }", "[providers.r]\nurl = { evn = **** }"),
        ("[providers.r]\nurl = pw=pw", "[providers.r]\nurl = **=**"),
        ("providers.r.url = [\n\"a\",\n\"b\"]", "providers.r.url = [\n***,\n***]"),
        ("[cache]\nx = [\n[providers.r]\nurl = \"pw\"", "[cache]\nx = [\n[*********.*]\n*** = ****"),
        ("[log]\nlevel = \"\"\"\npw\n\"\"\"", "[log]\nlevel = ***\n**\n***"),
        ("log.level = 1 # pw", "log.level = 1     "),
        ("password = \"pw\"", "password = ****"),
    ] {
        assert_eq!(mask(text, None), expected, "{text}");
    }
}

#[test]
fn a_value_known_to_be_plain_is_revealed() {
    let text = "[providers.r]\nsettings.port = 70000";
    let span = text.find("70000").unwrap()..text.len();
    assert_eq!(mask(text, Some(span)), text);
}

#[test]
fn the_line_is_drawn_with_a_caret() {
    let text = "[log]\nlvel = \"info\"\n";
    let drawn = Diagnostic::error("config.unknown_key", "unknown key `lvel`")
        .at(&at(text, "lvel"))
        .valid(["level", "format"])
        .help("did you mean `level`?")
        .docs("docs/reference/configuration.md#log")
        .render(Paint::None);
    insta::assert_snapshot!(drawn);
}

#[test]
fn json_carries_place_and_code_but_no_source_text() {
    let text = "[log]\nlvel = \"info\"\n";
    let mut found = Diagnostics::new();
    found.push(Diagnostic::error("config.unknown_key", "unknown key `lvel`").at(&at(text, "lvel")));
    found.push(Diagnostic::warning("x.y", "z").at(&Origin::Env { name: "A".to_owned() }));
    insta::assert_snapshot!(serde_json::to_string_pretty(&found).unwrap());
}

#[test]
fn control_characters_never_reach_the_terminal() {
    let drawn = Diagnostic::error("x.y", "bad \u{1b}[31m name").note("a\u{7}b").render(Paint::None);
    assert!(!drawn.contains(['\u{1b}', '\u{7}']), "{drawn:?}");
}

#[test]
fn the_same_diagnostic_is_reported_once() {
    let mut found = Diagnostics::new();
    found.push(Diagnostic::warning("x.y", "z"));
    found.push(Diagnostic::warning("x.y", "z"));
    assert_eq!((found.len(), found.has_errors()), (1, false));
}

proptest::proptest! {
    #[test]
    fn masking_keeps_length_and_never_panics(text in ".{0,80}|[\\[\\]{}=.\"'#a-z \n]{0,60}") {
        let masked = mask(&text, None);
        assert_eq!(masked.len(), text.len());
        let len = text.len();
        let origin = Origin::File { file: file(&text), span: len / 2..len };
        let _ = Diagnostic::error("x.y", "z").at(&origin).render(Paint::None);
    }
}
