//! What to type after `outrigger plugin new`: from the sources to a served call, to be pasted into a shell as it is.

use outrigger_plugin_api::manifest::Kind;

use super::scaffold::Scaffold;
use crate::{config::program, plugin::discover::library_name};

/// Returns the commands, to be run in the folder in which `outrigger plugin new` ran.
pub(super) fn commands(scaffold: &Scaffold) -> Vec<String> {
    let library = scaffold.library();
    let (call, show) = calls(scaffold);
    let mut commands = vec![
        format!("cd {}", quoted(&scaffold.dir.display().to_string())),
        "cargo test".into(),
        "cargo build --release".into(),
        format!("outrigger plugin test target/release/{library}"),
        format!("mkdir -p plugins && cp target/release/{library} plugins/"),
    ];
    if scaffold.kind != Kind::Cache {
        // A host does not start without a cache.
        commands.push(format!("cp {} plugins/", quoted(&shipped_cache())));
    }
    commands.extend([
        format!("# example.toml selects it by {}", selection(scaffold)),
        "outrigger run --config example.toml &".into(),
        format!("for second in 1 2 3 4 5; do {call} && break; sleep 1; done"),
        show,
        "kill $!; wait".into(),
    ]);
    commands
}

fn selection(scaffold: &Scaffold) -> String {
    match scaffold.kind {
        Kind::Cache => format!("[cache] provider = \"{}\"", scaffold.name),
        kind => format!("[{kind}] providers = [\"{}\"]", scaffold.name),
    }
}

/// Returns a call that the provider answers, and a command that shows the effect.
fn calls(scaffold: &Scaffold) -> (&'static str, String) {
    let seen = || format!("cat {}.jsonl", scaffold.crate_name());
    match scaffold.kind {
        Kind::Cache => (
            "outrigger --config example.toml call cache set greeting hello --ttl 30s",
            "outrigger --config example.toml call cache get greeting".into(),
        ),
        Kind::Monitoring => ("outrigger --config example.toml call monitoring error 'it broke'", seen()),
        Kind::Analytics => ("outrigger --config example.toml call analytics track user-1 signed_up plan=pro", seen()),
    }
}

/// The cache that is the default of `cache.provider`.
const DEFAULT_CACHE: &str = "memory";

/// Returns where the default cache's library lies: in the plugins beside this program, as a release has it.
fn shipped_cache() -> String {
    let file = library_name(&format!("{}_{DEFAULT_CACHE}", Kind::Cache));
    std::path::Path::new(&program()).with_file_name("plugins").join(file).display().to_string()
}

/// Quotes a path for a shell where it has to be.
fn quoted(path: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+:=@,".contains(letter);
    if path.chars().all(plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}
