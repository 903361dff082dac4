//! What a run takes from the process: its environment, and the files that the command line names.

use std::path::Path;

use super::*;

/// Reads sources as a run does that names `config` and `env_file`.
fn from_process(config: &Path, env_file: Option<&Path>) -> (Sources, Vec<(&'static str, String)>) {
    let cli = CliSources {
        config: Some(config.to_owned()),
        env_file: env_file.map(Path::to_owned),
        set: vec!["log.level=warn".to_owned()],
    };
    let mut found = Diagnostics::new();
    let sources = Sources::from_process(cli, &mut found);
    (sources, found.iter().map(|fault| (fault.code, fault.message.clone())).collect())
}

#[test]
fn the_named_file_is_read_and_its_folder_is_where_paths_start() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("my.toml");
    std::fs::write(&file, "plugin-dirs = [\"here\", \"/there\"]\n[log]\nlevel = \"error\"\n").unwrap();
    let (sources, faults) = from_process(&file, None);
    assert_eq!(faults, []);
    assert_eq!(sources.file_name(), Some(file.display().to_string().as_str()));
    let mut found = Diagnostics::new();
    let draft = Draft::read(&sources, &mut found);
    assert_eq!(
        draft.plugin_dirs(),
        [dir.path().join("here"), [dir.path(), Path::new("/there")].iter().collect()],
        "a path with a root replaces all of it"
    );
}

#[test]
fn the_process_environment_is_read_and_wins_over_the_env_file() {
    // Set for every process; the tests must not change the environment that they share.
    let path = std::env::var("PATH").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (file, env_file) = (dir.path().join("plugins.toml"), dir.path().join("my.env"));
    std::fs::write(&file, "").unwrap();
    std::fs::write(&env_file, "PATH=from-the-file\nOUTRIGGER_TESTS_ONLY=from-the-file\n").unwrap();
    let (sources, faults) = from_process(&file, Some(&env_file));
    assert_eq!(faults, []);
    let mut found = Diagnostics::new();
    let mut lookup =
        |name| sources.environment.lookup(name, &mut found).map(|(value, origin)| (value, origin.to_string()));
    assert_eq!(lookup("PATH"), Some((path, "environment variable PATH".to_owned())));
    let (value, origin) = lookup("OUTRIGGER_TESTS_ONLY").unwrap();
    assert_eq!(value, "from-the-file");
    assert!(origin.contains("my.env:2"), "{origin}");
    assert_eq!(lookup("OUTRIGGER_TESTS_NOWHERE"), None);
}

#[test]
fn files_that_can_not_be_read_are_named_with_who_asked_for_them() {
    let dir = tempfile::tempdir().unwrap();
    let (good, absent, large, binary) =
        (dir.path().join("good"), dir.path().join("absent"), dir.path().join("large"), dir.path().join("binary"));
    std::fs::write(&good, "").unwrap();
    std::fs::write(&large, vec![b'#'; (1 << 20) + 1]).unwrap();
    std::fs::write(&binary, [0xff, 0xfe]).unwrap();
    for (file, code) in
        [(&absent, codes::FILE_UNREADABLE), (&large, codes::FILE_TOO_LARGE), (&binary, codes::FILE_UNREADABLE)]
    {
        for (config, env_file) in [(file, None), (&good, Some(file.as_path()))] {
            let (_, faults) = from_process(config, env_file);
            let [(found, message)] = faults.as_slice() else { unreachable!("{file:?}: {faults:?}") };
            assert_eq!(*found, code, "{message}");
            assert!(message.contains(&file.display().to_string()), "{message}");
        }
    }
    std::fs::write(&large, vec![b'#'; 1 << 20]).unwrap();
    assert_eq!(from_process(&large, None).1, [], "a file of just the bound is taken");
}
