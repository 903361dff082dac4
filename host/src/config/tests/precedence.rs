//! Which source wins, and that the listing says so.

use super::*;

#[test]
fn the_higher_source_wins() {
    let path = "log.level";
    let file = "[log]\nlevel = \"error\"";
    for (text, env_file, variable, set, expected) in [
        ("", "", "", "", "\"info\" default"),
        (file, "", "", "", "\"error\" plugins.toml:2:9"),
        (file, "warn", "", "", "\"warn\" OUTRIGGER_LOG_LEVEL (.env:1)"),
        (file, "warn", "debug", "", "\"debug\" environment variable OUTRIGGER_LOG_LEVEL"),
        (file, "warn", "debug", "trace", "\"trace\" --set log.level"),
        ("", "", "debug", "\"trace\"", "\"trace\" --set log.level"),
    ] {
        let mut found = Diagnostics::new();
        let mut sources = Sources::empty("").with_file("plugins.toml", text);
        if !env_file.is_empty() {
            sources = sources.with_env_file(".env", &format!("OUTRIGGER_LOG_LEVEL={env_file}"), &mut found);
        }
        if !variable.is_empty() {
            sources = sources.with_variable("OUTRIGGER_LOG_LEVEL", variable);
        }
        if !set.is_empty() {
            sources = sources.with_set(format!("log.level={set}"));
        }
        let (config, found) = resolve(&sources);
        assert!(found.is_empty(), "{}", found.render(Paint::None));
        let config = config.unwrap();
        let row = config.rows().iter().find(|row| row.path == path).unwrap();
        assert_eq!(format!("{} {}", row.value, row.origin), expected);
    }
}

#[test]
fn a_declared_variable_overrides_the_file_but_not_a_reference() {
    let variables = [("REDIS_URL", "redis://declared"), ("MY_URL", "redis://mine")];
    for (written, expected) in [
        ("", "redis://declared"),
        ("url = \"redis://file\"", "redis://declared"),
        ("url = { env = \"MY_URL\" }", "redis://mine"),
    ] {
        let text = format!("[cache]\nprovider = \"redis\"\n[providers.redis.settings]\n{written}");
        let config = config(&text, &variables);
        assert_eq!(provider(&config, "redis").settings["url"], expected, "{written}");
    }
}

#[test]
fn the_listing_names_every_origin_and_no_secret() {
    let text = "[cache]\nprovider = \"redis\"\n[providers.redis]\ntimeout = \"2s\"\nsettings.connections = 4\n";
    let config = config(
        text,
        &[("REDIS_URL", "redis://:hunter2@h"), ("MONITORING_PROVIDERS", "console,datadog"), ("DD_API_KEY", "k")],
    );
    insta::assert_snapshot!(config.show(Origins::Named));
}

#[test]
fn an_assignment_reaches_any_depth_and_is_refused_when_it_is_none() {
    let sources = Sources::empty("")
        .with_set("providers.memory.breaker.failures=7")
        .with_set("monitoring.providers=[]")
        .with_set("listen.http=127.0.0.1:0");
    let (config, found) = resolve(&sources);
    assert!(found.is_empty(), "{}", found.render(Paint::None));
    let config = config.unwrap();
    assert_eq!(provider(&config, "memory").breaker.failures, 7);
    assert_eq!(config.providers.len(), 2);
    assert_eq!(config.listen.http.port(), 0);
    for wrong in ["log.level", "=x", "a b=1", "log.levle=info", "cache=memory"] {
        let (config, found) = resolve(&Sources::empty("").with_set(wrong));
        assert!(config.is_none() && found.len() == 1, "{wrong}: {}", found.render(Paint::None));
    }
}

#[test]
fn files_are_read_relative_to_the_configuration() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("url"), "redis://from-file\n").unwrap();
    std::fs::write(dir.path().join("empty"), "\n").unwrap();
    let with = |file: &str| {
        let text = format!("[cache]\nprovider = \"redis\"\n[providers.redis]\nsettings.url = {{ file = \"{file}\" }}");
        resolve(&Sources::empty(dir.path()).with_file("plugins.toml", text))
    };
    let (config, _) = with("url");
    let config = config.unwrap();
    assert_eq!(provider(&config, "redis").settings["url"], "redis://from-file");
    assert_eq!(config.store.dir, dir.path().join(".outrigger"));
    for (file, code) in [("empty", "config.value_invalid"), ("absent", "config.file_unreadable")] {
        let (_, found) = with(file);
        let codes: Vec<&str> = found.iter().map(|one| one.code).collect();
        assert_eq!(codes, [code]);
    }
}

#[test]
fn a_token_comes_from_variable_reference_or_file() {
    let long = "0123456789abcdef";
    let open = "[listen]\nhttp = \"0.0.0.0:1\"\n[auth]\ntoken = { env = \"T\" }";
    let config = config(open, &[("T", long)]);
    assert_eq!(config.auth.token.unwrap().expose(), long);
    let (_, found) = load(open, &[]);
    assert_eq!(found.iter().map(|one| one.code).collect::<Vec<_>>(), ["config.variable_missing"]);
    let (_, found) = load("", &[("OUTRIGGER_TOKEN", "short")]);
    assert_eq!(found.iter().map(|one| one.code).collect::<Vec<_>>(), ["config.value_invalid"]);
}
