//! Tests of the scaffold; that it builds and serves is tested from outside, in the tests' crate.

use super::*;

fn arguments(dir: &Path, name: &str, plugin_api: Option<&str>) -> NewArguments {
    let plugin_api = plugin_api.map(str::to_owned);
    NewArguments { kind: KindArgument::Cache, name: name.into(), dir: dir.into(), plugin_api }
}

#[test]
fn every_placeholder_is_filled_and_a_path_survives() {
    for kind in [Kind::Cache, Kind::Monitoring, Kind::Analytics] {
        let name = "my_store".to_owned();
        let scaffold = Scaffold { kind, name, dir: "it's here".into(), source: "version = \"1.0\"".into() };
        for (file, text) in scaffold.files() {
            assert!(!text.contains("{{") && !text.is_empty() && text.ends_with('\n'), "{kind} {file}:\n{text}");
            let toml = file.ends_with(".toml").then(|| text.parse::<toml::Table>());
            assert!(toml.is_none_or(|read| read.is_ok()), "{kind} {file}:\n{text}");
        }
        let commands = next::commands(&scaffold);
        assert_eq!(commands.first().unwrap(), r"cd 'it'\''s here'");
        assert_eq!(commands.iter().any(|line| line.contains("cache_memory")), kind != Kind::Cache);
    }
}

#[test]
fn an_existing_folder_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir(dir.path().join("cache_mine")).unwrap();
    std::fs::write(dir.path().join("cache_mine/README.md"), "mine").unwrap();
    let refused = make(&arguments(dir.path(), "mine", None)).err().unwrap();
    assert_eq!(refused.code(), "cli.plugin_exists");
    assert_eq!(std::fs::read_to_string(dir.path().join("cache_mine/README.md")).unwrap(), "mine");
    assert_eq!(std::fs::read_dir(dir.path().join("cache_mine")).unwrap().count(), 1);
    let missing = make(&arguments(&dir.path().join("nowhere"), "mine", None)).err().unwrap();
    assert_eq!(missing.code(), "cli.plugin_write");
}

#[test]
fn a_bad_name_is_refused_before_anything_is_written() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["", "My", "my-map", "1st", "_x", "a b", "ä", "../up", "cache", "cache_redis", &"x".repeat(49)] {
        let refused = make(&arguments(dir.path(), name, None)).err().unwrap();
        assert_eq!(refused.code(), "cli.plugin_name", "{name}: {refused}");
    }
    let help = make(&arguments(dir.path(), "cache_redis", None)).err().unwrap().help();
    assert_eq!(help, "leave the kind out: outrigger plugin new cache redis");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    // Only the whole word is the kind.
    check_name(Kind::Cache, "cached").unwrap();
}

#[test]
fn the_plugin_api_is_a_version_or_its_folder() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugin-api");
    let folder = sources.canonicalize().unwrap();
    assert_eq!(source(None).unwrap(), format!("version = \"{API_VERSION}\""));
    assert_eq!(source(Some("1.2")).unwrap(), "version = \"1.2\"");
    let path: toml::Table = source(sources.to_str()).unwrap().parse().unwrap();
    assert_eq!(path.get("path").and_then(toml::Value::as_str), folder.to_str());
    for wrong in ["nowhere", "1.x", env!("CARGO_MANIFEST_DIR"), ""] {
        assert_eq!(source(Some(wrong)).err().unwrap().code(), "cli.plugin_api", "{wrong}");
    }
}
