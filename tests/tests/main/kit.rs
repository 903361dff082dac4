//! The way of a plugin's author, from nothing to a served call: the commands of docs/plugin-authoring.md and those that
//! `outrigger plugin new` prints, word for word, in an empty folder with the published files of the plugin API.
#![cfg(unix)]

use std::{
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
    sync::{LazyLock, Mutex, PoisonError},
};

use outrigger_tests::plugins;

use crate::mix::{root, workshop};

/// An author's machine: a folder to work in, and a release on the path.
struct Author {
    folder: PathBuf,
    /// In front of everything else on the path.
    bin: PathBuf,
}

/// The authors share a folder of build output, and a name of a crate there.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The files of the plugin API as a registry would have them, unpacked once: a path that stays is built once.
static PLUGIN_API: LazyLock<PathBuf> = LazyLock::new(|| {
    let dir = workshop().join("kit-api");
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    let mut package = Command::new(env!("CARGO"));
    package.args(["package", "--package", "outrigger-plugin-api", "--no-verify", "--allow-dirty", "--offline"]);
    run(package.arg("--target-dir").arg(&dir).current_dir(root()));
    let version = outrigger::manifest::API_VERSION;
    let packed = dir.join(format!("package/outrigger-plugin-api-{version}.crate"));
    run(Command::new("tar").arg("xzf").arg(packed).arg("-C").arg(&dir));
    dir.join(format!("outrigger-plugin-api-{version}"))
});

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?} ended with {}:\n{said}", output.status);
    said
}

impl Author {
    /// Lays out the release and the checkout in an empty folder of this name.
    fn new(name: &str) -> Self {
        let folder = workshop().join(name);
        let _ = std::fs::remove_dir_all(&folder);
        let bin = folder.join("bin");
        std::fs::create_dir_all(bin.join("plugins")).unwrap();
        std::fs::create_dir_all(folder.join("work/outrigger")).unwrap();
        // The build output lies inside this repository, whose style is not an author's.
        std::fs::write(folder.join("work/rustfmt.toml"), "").unwrap();
        std::os::unix::fs::symlink(&*PLUGIN_API, folder.join("work/outrigger/plugin-api")).unwrap();
        std::fs::copy(plugins::built().join("outrigger"), bin.join("outrigger")).unwrap();
        plugins::place("cache_memory", &bin.join("plugins"));
        // Crates have folders of build output of their own, which would compile the same dependencies again: each gets
        // a link to one that all share, before the first command of cargo in it.
        let target = workshop().join("target");
        std::fs::create_dir_all(&target).unwrap();
        let cargo = format!(
            "#!/bin/sh\n[ -e target ] || ln -s '{}' target\nexec '{}' \"$@\"\n",
            target.display(),
            env!("CARGO")
        );
        std::fs::write(bin.join("cargo"), cargo).unwrap();
        std::fs::set_permissions(bin.join("cargo"), std::fs::Permissions::from_mode(0o755)).unwrap();
        Self { folder: folder.join("work"), bin }
    }

    /// Types the commands into one shell, which ends at the first that fails, and returns all it said.
    fn types(&self, commands: &str) -> String {
        // Freed at the end of this statement: another process could take one, but hardly does in that moment.
        let listeners = [(); 4].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let [http, redis, admin, metrics] = listeners.map(|listener| listener.local_addr().unwrap().to_string());
        let path = std::env::var("PATH").unwrap();
        // Far beyond the slowest build: a command that waits for ever fails here and does not stop the run.
        let mut shell = Command::new("timeout");
        shell.args(["--kill-after=5", "300", "bash"]);
        // The loader refuses libraries that others can write, whatever the umask of who runs this.
        shell.args(["-ec", &format!("umask 022\nexec 2>&1\n{commands}")]).current_dir(&self.folder);
        shell.env("PATH", format!("{}:{path}", self.bin.display()));
        shell
            .env("OUTRIGGER_LISTEN_HTTP", http)
            .env("OUTRIGGER_LISTEN_REDIS", redis)
            .env("OUTRIGGER_LISTEN_ADMIN", admin)
            .env("OUTRIGGER_LISTEN_METRICS", metrics);
        shell.env("CARGO_NET_OFFLINE", "true").env("RUSTUP_AUTO_INSTALL", "0").env_remove("CARGO_TARGET_DIR");
        // As in the nested builds of other tests, so that what those compiled serves here, too.
        shell.env("RUSTFLAGS", "--cap-lints=warn").env("CARGO_PROFILE_DEV_DEBUG", "0");
        // What a release is optimised for is not tested here, and costs most of the time.
        shell.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
        run(&mut shell)
    }
}

/// Returns the blocks of this language in a page, with whatever else stands behind its name left out.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fenced = page.split("\n```").skip(1).step_by(2);
    let of = fenced.filter_map(|block| block.split_once('\n')).filter(|(name, _)| *name == language);
    of.map(|(_, text)| text.to_owned()).collect()
}

#[test]
fn the_page_for_authors_leads_to_a_served_call() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let page = std::fs::read_to_string(root().join("docs/plugin-authoring.md")).unwrap();
    let commands = blocks(&page, "sh");
    assert!(commands.len() >= 5, "{commands:?}");
    let author = Author::new("kit-page");
    let said = author.types(&commands.join("\n"));
    // A value is printed as it is, without a line end where no terminal reads it.
    // Both suites in-process and both over the library, the value that was set, what is refused, and the record.
    assert_eq!(said.matches("cases passed").count(), 2, "{said}");
    assert_eq!(said.matches("test tests::it_conforms ... ok").count(), 2, "{said}");
    assert!(said.contains("\nhello") && said.contains("provider.unsupported"), "{said}");
    assert!(said.contains("\"value\":\"it broke\""), "{said}");
    // What the page shows of the sources stands in them.
    let source = |path: &str| std::fs::read_to_string(author.folder.join(path)).unwrap();
    let sources = source("cache_my_map/src/lib.rs") + &source("monitoring_lines/src/lib.rs");
    let shown = blocks(&page, "rust");
    assert!(shown.len() >= 2 && shown.iter().all(|block| sources.contains(block.trim_end())), "{shown:?}");
}

#[test]
fn the_page_on_other_languages_leads_to_a_tested_library() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let page = std::fs::read_to_string(root().join("docs/decisions/other-languages.md")).unwrap();
    let author = Author::new("kit-from-c");
    let said = author.types(&blocks(&page, "sh").join("\n"));
    assert!(said.contains("cases passed") && !said.contains("warning:"), "{said}");
    let lines = std::fs::read_to_string(author.folder.join("analytics_from_c/events.jsonl")).unwrap();
    assert!(lines.lines().count() > 100 && lines.starts_with("{\"event\""), "{}", &lines[..lines.len().min(200)]);
}

#[test]
fn what_the_program_prints_leads_to_a_served_call_for_every_kind() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let author = Author::new("kit-printed");
    for (kind, shows) in [("cache", "\nhello"), ("monitoring", "it broke"), ("analytics", "signed_up")] {
        let printed = author.types(&format!("outrigger plugin new {kind} shelf --plugin-api outrigger/plugin-api"));
        let (_, commands) = printed.split_once("\n\n").unwrap();
        let said = author.types(commands);
        assert!(said.contains("cases passed") && said.contains(shows), "{kind}:\n{said}");
        assert!(!said.contains("FAILED") && !said.contains("warning:"), "{kind}:\n{said}");
        let formatted = author.types(&format!("cd {kind}_shelf && cargo fmt --check"));
        assert_eq!(formatted, "", "{kind}");
        assert!(Path::new(&author.folder).join(format!("{kind}_shelf/.github/workflows/ci.yml")).is_file());
    }
}
