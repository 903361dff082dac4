//! What the env file may say, and that a refusal names the line and never the value.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Variable, parse};
use crate::diagnostic::{Diagnostics, Paint};

/// Reads a text; returns its variables, and its faults as drawn.
fn read(text: &str) -> (Vec<Variable>, Vec<String>) {
    let mut found = Diagnostics::new();
    let variables = parse(&Arc::from("the.env"), text, &mut found);
    (variables, found.iter().map(|fault| format!("{} {}", fault.code, fault.message)).collect())
}

#[test]
fn lines_are_read_as_a_shell_reads_them() {
    for (text, expected) in [
        ("", &[][..]),
        ("\n  \n# A=b\n\t# indented", &[]),
        ("A=b", &[("A", "b", 1)]),
        ("\u{feff}A=b\r\nB=c\r\n", &[("A", "b", 1), ("B", "c", 2)]),
        ("export A=b\nexport\tB=c", &[("A", "b", 1), ("B", "c", 2)]),
        ("export=b", &[("export", "b", 1)]),
        ("  A  =  b  ", &[("A", "b", 1)]),
        ("A=\nB=#none\nC= # none", &[("A", "", 1), ("B", "", 2), ("C", "", 3)]),
        ("A=b#c\nB=b # c\nC=b\t#c", &[("A", "b#c", 1), ("B", "b", 2), ("C", "b", 3)]),
        ("A=a=b==", &[("A", "a=b==", 1)]),
        ("A.b_1=c", &[("A.b_1", "c", 1)]),
        ("A=b c  d", &[("A", "b c  d", 1)]),
        ("A=b\nA=c", &[("A", "b", 1), ("A", "c", 2)]),
        ("A=5$\nB=$5\nC=a$ b", &[("A", "5$", 1), ("B", "$5", 2), ("C", "a$ b", 3)]),
        ("A='b'\nB=\"c\"", &[("A", "b", 1), ("B", "c", 2)]),
        ("A='' # comment\nB=\"\"#comment", &[("A", "", 1), ("B", "", 2)]),
        ("A='#no $COMMENT \\n'", &[("A", "#no $COMMENT \\n", 1)]),
        (r#"A="a\nb\"c\\d\$e\'f""#, &[("A", "a\nb\"c\\d$e'f", 1)]),
        ("A=\"one\ntwo\"\nB='three\nfour'\nC=d", &[("A", "one\ntwo", 1), ("B", "three\nfour", 3), ("C", "d", 5)]),
        ("A=ключ", &[("A", "ключ", 1)]),
    ] {
        let (variables, faults) = read(text);
        assert_eq!(faults, [""; 0], "{text:?}");
        let variables: Vec<_> = variables.iter().map(|one| (one.name.as_str(), one.value.as_str(), one.line)).collect();
        assert_eq!(variables, expected, "{text:?}");
    }
}

#[test]
fn a_refused_line_is_named_without_its_value_and_the_others_are_read() {
    for (text, line, why) in [
        ("canary", 1, "this is not NAME=value"),
        ("=canary", 1, "this is not NAME=value"),
        ("1A=canary", 1, "this is not NAME=value"),
        ("A-B=canary", 1, "this is not NAME=value"),
        ("export A canary", 1, "this is not NAME=value"),
        ("\n\nA=$canary", 3, "`$` substitution is not done"),
        ("A=x${canary}", 1, "`$` substitution is not done"),
        ("A=\"x$canary\"", 1, "`$` substitution is not done"),
        ("A=can\"ary", 1, "a value with quotes or backslashes must itself be quoted"),
        ("A=can\\ary", 1, "a value with quotes or backslashes must itself be quoted"),
        ("A='b' canary", 1, "there is text after the closing quote"),
        (r#"A="\canary""#, 1, "unknown escape"),
    ] {
        let (variables, faults) = read(&format!("{text}\nLAST=read"));
        let [fault] = faults.as_slice() else { unreachable!("{text:?}: {faults:?}") };
        assert!(fault.starts_with(&format!("config.env_file_syntax the.env:{line}: {why}")), "{text:?}: {fault}");
        assert!(!fault.contains("canary"), "{fault}");
        assert_eq!(variables.last().map(|last| last.name.as_str()), Some("LAST"), "{text:?}");
    }
}

#[test]
fn a_quote_that_never_closes_is_named_by_the_line_it_opens_on() {
    for text in ["A=b\nB=\"canary\nC=d", "A=b\nB='canary\nC=d", "A=b\nB=\"canary\\"] {
        let (variables, faults) = read(text);
        assert_eq!(faults, ["config.env_file_syntax the.env:2: the quote is never closed"], "{text:?}");
        assert_eq!(variables.len(), 1, "{text:?}");
    }
}

#[test]
fn a_drawn_fault_shows_the_place_and_not_the_line() {
    let mut found = Diagnostics::new();
    parse(&Arc::from("the.env"), "PASSWORD=ca$nary", &mut found);
    let drawn = found.render(Paint::None);
    assert!(drawn.contains("the.env:1") && !drawn.contains("nary"), "{drawn}");
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in any::<String>(), lines in "([A-Z]{0,2}[= ]{0,2}[\"'$#\\\\a{\\n]{0,4}){0,8}") {
        for text in [text, lines] {
            let (variables, faults) = read(&text);
            prop_assert!(variables.len() + faults.len() <= text.lines().count());
            prop_assert!(variables.iter().all(|one| one.line >= 1 && one.line <= text.split('\n').count()));
        }
    }

    #[test]
    fn any_value_can_be_written_in_double_quotes(value in any::<String>()) {
        let escaped: String = value.chars().flat_map(|c| {
            let escape = matches!(c, '"' | '\\' | '$').then_some('\\');
            escape.into_iter().chain([c])
        }).collect();
        let (variables, faults) = read(&format!("A=\"{escaped}\""));
        prop_assert_eq!(faults, Vec::<String>::new());
        prop_assert_eq!(variables, [Variable { name: "A".into(), value, line: 1 }]);
    }
}
