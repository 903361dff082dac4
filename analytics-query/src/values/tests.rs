//! What is one value and what are two.

use serde_json::{Value, json};

use super::*;

fn number(values: &mut Values, value: Value) -> Result<usize, Fault> {
    values.number(json!({ "p": value }).as_object().unwrap())
}

#[test]
fn values_are_told_apart_by_type_and_value() {
    let mut values = Values::new(&By { property: "p".into(), limit: 10 });
    let mut of = |value: Value| number(&mut values, value).unwrap();
    assert_eq!([of(json!(1)), of(json!("1")), of(json!(1.0)), of(json!(true))], [0, 1, 0, 2]);
    assert_eq!([of(json!(null)), of(json!([1])), of(json!({})), of(json!("null"))], [3, 3, 3, 4]);
    assert_eq!(values.number(&Object::new()), Ok(3));
    assert_eq!((values.text(1), values.value(1)), ("\"1\"", Some(Scalar::Text("1".into()))));
    assert_eq!((values.text(3), values.value(3)), ("null", None));
}

#[test]
fn a_property_with_too_many_values_is_refused_and_known_ones_go_on() {
    let mut values = Values::bounded(&By { property: "p".into(), limit: 10 }, 2);
    assert_eq!([number(&mut values, json!(1)), number(&mut values, json!(2))], [Ok(0), Ok(1)]);
    let fault = number(&mut values, json!(3)).unwrap_err();
    assert_eq!(
        (fault.pointer.as_str(), fault.detail.starts_with("has more than 2 different values")),
        ("/by/property", true)
    );
    assert_eq!(number(&mut values, json!(2)), Ok(1));
}
