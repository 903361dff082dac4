//! A selection changes; comments, order and everything else stay.

use super::*;

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn a_selection_changes_and_its_comment_stays() {
    let text = "# ours\n[cache]\nprovider = \"memory\"   # fast\n\n[log]\nlevel = \"warn\"\n";
    let changed = select(text, Kind::Cache, &names(&["redis"])).unwrap();
    assert_eq!(changed, text.replace("\"memory\"", "\"redis\""));
}

#[test]
fn lists_dotted_keys_and_missing_sections_are_understood() {
    let dotted = "monitoring.providers = []\n";
    assert_eq!(
        select(dotted, Kind::Monitoring, &names(&["sentry", "console"])).unwrap(),
        "monitoring.providers = [\"sentry\", \"console\"]\n"
    );
    assert_eq!(select("", Kind::Analytics, &names(&["posthog"])).unwrap(), "[analytics]\nproviders = [\"posthog\"]\n");
    assert_eq!(select("[analytics]\n", Kind::Analytics, &[]).unwrap(), "[analytics]\nproviders = []\n");
}

#[test]
fn what_is_no_table_is_refused() {
    assert_eq!(select("cache = 1\n", Kind::Cache, &names(&["redis"])).unwrap_err(), "`cache` is no table");
    assert!(select("[cache\n", Kind::Cache, &names(&["redis"])).is_err());
}

#[cfg(unix)]
#[test]
fn a_file_is_replaced_behind_its_link_and_keeps_its_mode() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = tempfile::tempdir().unwrap();
    let (real, link) = (dir.path().join("real.toml"), dir.path().join("plugins.toml"));
    fs::write(&real, "old").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&real, &link).unwrap();
    replace_text(&link, "new").unwrap();
    assert_eq!(fs::read_to_string(&real).unwrap(), "new");
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is left beside it");
    assert!(replace_text(&dir.path().join("none.toml"), "new").is_err());
}
