//! Checks what a pair is.

use outrigger_plugin_api::sdk::ErrorKind;

use super::read;

fn list(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

#[test]
fn values_are_percent_decoded_and_may_hold_what_parts_names() {
    let read = read("headers", &list(&["authorization=Basic%20YTpi==", " a = b ", "", "rate=5%", "%C3%A4=%zz%C3%A4"]));
    let expected = [("authorization", "Basic YTpi=="), ("a", "b"), ("rate", "5%"), ("ä", "%zzä")];
    assert_eq!(read.unwrap(), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn what_is_no_pair_is_refused_by_its_place_and_not_shown() {
    for bad in ["s3cret", "=s3cret", "a=s3cret%ff"] {
        let error = read("headers", &list(&["a=b", bad])).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Settings);
        assert_eq!(error.message, "item 2 of `headers` must be \"name=value\", percent-encoded UTF-8");
    }
}
