//! Every crate shares the workspace's lints, and a plugin's crate is named for its folder.

use super::Finding;

/// Checks one `Cargo.toml`. The root's, which holds no crate, defines what is checked here.
pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut report = |message: String| {
        findings.push(Finding { path: path.to_owned(), line: 1, rule: "manifest", message });
    };
    // Crates below the tests are built by the tests, each as a stranger outside the workspace would.
    let stranger = text.lines().any(|line| line.trim() == "[workspace]");
    if !stranger && !has_line_in(text, "[lints]", "workspace = true") {
        report("`[lints] workspace = true` is missing, so clippy checks little here".to_owned());
    }
    if let ["plugins", kind, provider, "Cargo.toml"] = *path.split('/').collect::<Vec<_>>() {
        let name = format!("{kind}_{provider}");
        if !has_line_in(text, "[package]", &format!("name = \"{name}\"")) {
            report(format!("the crate must be named `{name}`, because its library is looked for under that name"));
        }
        if !text.lines().any(|line| line.starts_with("crate-type") && line.contains("\"cdylib\"")) {
            report("a plugin needs `crate-type = [\"cdylib\", \"rlib\"]`".to_owned());
        }
    }
    findings
}

/// Whether `wanted` is a line of the table with this header.
fn has_line_in(text: &str, header: &str, wanted: &str) -> bool {
    let mut lines = text.lines().map(str::trim).skip_while(|line| *line != header).skip(1);
    lines.by_ref().take_while(|line| !line.starts_with('[')).any(|line| line == wanted)
}
