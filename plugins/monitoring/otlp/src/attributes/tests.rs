//! Checks names that are taken, and what JSON becomes.

use serde_json::{Value, json};

use super::{Attributes, any};
use crate::wire::{Any, AnyValue};

#[test]
fn a_name_that_is_taken_gets_its_group_and_what_finds_none_is_counted() {
    let mut attributes = Attributes::default();
    attributes.put("user.id", "u");
    attributes.give("tags", "user.id", "mine".into());
    attributes.give("tags", "", "nameless".into());
    attributes.give("tags", "user.id", "again".into());
    let names: Vec<_> = attributes.values.keys().collect();
    assert_eq!(names, ["tags.", "tags.user.id", "user.id"]);
    assert_eq!((attributes.values.get("user.id"), attributes.dropped), (Some(&AnyValue::from("u")), 1));
}

#[test]
fn numbers_beyond_63_bits_are_doubles() {
    let of = |value: Value| any(&value, 0).value;
    assert_eq!(of(json!(i64::MIN)), Some(Any::Whole(i64::MIN)));
    assert_eq!(of(json!(u64::MAX)), Some(Any::Number(18_446_744_073_709_551_615.0)));
    assert_eq!(of(json!(0.5)), Some(Any::Number(0.5)));
    assert_eq!(of(Value::Null), None);
}

#[test]
fn what_lies_too_deep_for_readers_is_text() {
    let deep = (0..40).fold(json!("core"), |inner, _| json!([inner]));
    let mut value = any(&deep, 0);
    let mut levels = 0;
    while let Some(Any::List(mut list)) = value.value {
        value = list.values.remove(0);
        levels += 1;
    }
    let rest = format!("{}\"core\"{}", "[".repeat(24), "]".repeat(24));
    assert_eq!((levels, value.value), (16, Some(Any::Text(rest))));
}
