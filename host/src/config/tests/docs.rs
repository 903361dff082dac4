//! The reference documentation is what the code would write today.

use std::path::Path;

use super::*;

fn assert_current(file: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference").join(file);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, expected).unwrap();
    }
    let actual = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(actual == expected, "docs/reference/{file} is stale; run `UPDATE_DOCS=1 cargo test -p outrigger docs`");
}

#[test]
fn configuration_reference_is_current() {
    assert_current("configuration.md", &configuration_reference());
}

#[test]
fn the_editor_schema_knows_every_key_and_the_plugins_settings() {
    let schema = schema(&catalog::vendors().plugins);
    assert_eq!(schema["properties"]["listen"]["properties"]["http"]["type"], "string");
    let redis = &schema["properties"]["providers"]["properties"]["redis"]["properties"];
    assert_eq!(redis["settings"]["$ref"], "#/$defs/cache_redis");
    assert_eq!(redis["breaker"]["properties"]["failures"]["minimum"], 0);
    let url = &schema["$defs"]["cache_redis"]["properties"]["url"]["anyOf"];
    assert_eq!(url[1]["$ref"], "#/$defs/reference");
    // Every local reference leads somewhere.
    let text = schema.to_string();
    for target in text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(schema.pointer(target).is_some(), "{target}");
    }
}
