//! What each operation takes and refuses.

use serde_json::Map;

use super::*;

/// A sound value for each member.
fn sample(name: &str) -> Value {
    match name {
        "expires_at_ms" | "offset" | "start" | "end" | "by" => json!(1),
        "keep_ttl" | "return_old" | "replace" => json!(false),
        "ttl" => json!("1s"),
        base64 if base64.ends_with("_base64") => json!("AP8="),
        _ => json!("absent"),
    }
}

fn read(members: Map<String, Value>) -> Result<Op<Bytes>, Fault> {
    serde_json::from_value::<Operation>(Value::Object(members)).unwrap().read()
}

/// The operations with the members they need, as the documentation of `op` lists them.
const NEEDED: [(&str, &[&str]); 22] = [
    ("get", &["key"]),
    ("set", &["key", "value"]),
    ("delete", &["key"]),
    ("exists", &["key"]),
    ("ttl", &["key"]),
    ("expire", &["key", "ttl"]),
    ("persist", &["key"]),
    ("increment", &["key"]),
    ("increment_float", &["key"]),
    ("append", &["key", "value"]),
    ("compare_and_set", &["key", "expected", "value"]),
    ("compare_and_delete", &["key", "expected"]),
    ("compare_and_expire", &["key", "expected", "ttl"]),
    ("get_and_delete", &["key"]),
    ("get_and_touch", &["key"]),
    ("length", &["key"]),
    ("get_range", &["key"]),
    ("set_range", &["key", "value"]),
    ("rename", &["key", "to"]),
    ("copy", &["key", "to"]),
    ("random_key", &[]),
    ("token", &["key"]),
];

fn members(op: &str, names: &[&str]) -> Map<String, Value> {
    let named = names.iter().map(|name| ((*name).to_owned(), sample(name)));
    std::iter::once(("op".to_owned(), json!(op))).chain(named).collect()
}

#[test]
fn each_operation_takes_its_members_in_both_forms_and_misses_none() {
    for (op, needed) in NEEDED {
        read(members(op, needed)).unwrap_or_else(|fault| panic!("{op}: {fault:?}"));
        let binary: Vec<_> = needed
            .iter()
            .map(|name| if *name == "ttl" { (*name).to_owned() } else { format!("{name}_base64") })
            .collect();
        let names: Vec<_> = binary.iter().map(String::as_str).collect();
        read(members(op, &names)).unwrap_or_else(|fault| panic!("{op}: {fault:?}"));
        for absent in needed.iter().filter(|name| **name != "ttl") {
            let rest: Vec<_> = needed.iter().copied().filter(|name| name != absent).collect();
            assert_eq!(read(members(op, &rest)).unwrap_err().pointer, format!("/{absent}"), "{op} without {absent}");
        }
    }
}

#[test]
fn a_foreign_member_is_named() {
    for (op, foreign) in [
        ("get", "ttl"),
        ("delete", "value"),
        ("append", "keep_ttl"),
        ("rename", "replace"),
        ("copy", "if"),
        ("increment_float", "ttl"),
        ("expire", "keep_ttl"),
        ("random_key", "key"),
        ("token", "return_old"),
    ] {
        let needed = NEEDED.iter().find(|(name, _)| *name == op).map_or(&[][..], |(_, needed)| needed);
        let fault = read(members(op, &[needed, &[foreign]].concat())).unwrap_err();
        assert_eq!(fault.pointer, format!("/{foreign}"), "{op}");
    }
    let fault = read(members("random_key", &["key"])).unwrap_err();
    assert_eq!(fault.detail, "is no member of `random_key`, which takes nothing");
}
