//! A secret appears in no message, no listing and no `Debug`, whatever else is wrong around it.

use super::*;

const CANARY: &str = "hunter2-c4n4ry";

fn assert_silent(text: &str, variables: &[(&str, &str)]) {
    let mut sources = Sources::empty("").with_file("plugins.toml", text);
    for (name, value) in variables {
        sources = sources.with_variable(*name, *value);
    }
    let mut found = Diagnostics::new();
    sources = sources.with_env_file(".env", &format!("BAD LINE {CANARY}\nX=\"{CANARY}\nY=${{{CANARY}}}"), &mut found);
    let draft = Draft::read(&sources, &mut found);
    let config = draft.resolve(&catalog::vendors(), &mut found);
    let mut everything = vec![
        found.render(Paint::None),
        found.render(Paint::Colour),
        serde_json::to_string(&found).unwrap(),
        format!("{found:?} {sources:?} {draft:?} {config:?}"),
    ];
    if let Some(config) = &config {
        everything.push(config.show(Origins::Named));
        everything.push(serde_json::to_string(config.rows()).unwrap());
    }
    for output in everything {
        assert!(!output.contains(CANARY), "{text}\n---\n{output}");
    }
}

#[test]
fn secrets_appear_nowhere() {
    for line in [
        "settings.url = \"CANARY\"",
        "settings.url = CANARY",
        "settings.url = \"CANARY",
        "settings.url = '''CANARY",
        "settings.url \"CANARY\"",
        "settings.url = [\"CANARY\"]",
        "settings.url = { evn = \"CANARY\" }",
        "settings.url = { a = 1, b = \"CANARY\" }",
        "settings.url = 1 # CANARY",
        "settings.url = [\n\"CANARY\"\n]",
        "settings.ulr = \"CANARY\"",
        "settings.eviction = { policy = \"lru\", mxa = \"CANARY\" }",
        "settings = \"CANARY\"",
        "url = \"CANARY\"",
        "settings = { url = \"CANARY\", mode = \"x\" }",
        "timeout = 5\nsettings = { url = \"CANARY\", connections = 99999 }",
    ] {
        let line = line.replace("CANARY", CANARY);
        for head in ["[providers.redis]", "[provider.redis]", "[cache]\nx = [\n[providers.redis]", "[providers.unused]"]
        {
            assert_silent(&format!("[cache]\nprovider = \"redis\"\n{head}\n{line}\n"), &[]);
        }
        assert_silent(&format!("{line}\n[cache]\nprovider = \"redis\"\n"), &[]);
    }
}

#[test]
fn secrets_from_variables_appear_nowhere() {
    for (name, provider) in [("REDIS_URL", "redis"), ("UPSTASH_REDIS_REST_TOKEN", "upstash")] {
        assert_silent("", &[("CACHE_PROVIDER", provider), (name, CANARY)]);
        assert_silent("[log]\nlevel = 1", &[("CACHE_PROVIDER", provider), (name, CANARY)]);
    }
    assert_silent("", &[("OUTRIGGER_TOKEN", &format!("{CANARY}-and-much-longer"))]);
    assert_silent("", &[("OUTRIGGER_TOKEN", &format!("{CANARY} with blanks in it"))]);
    assert_silent(&format!("[auth]\ntoken = \"{CANARY}\""), &[]);
}

#[test]
fn secrets_on_the_command_line_appear_nowhere() {
    for assignment in ["providers.redis.settings.url=CANARY", "providers.redis.settings.ulr=CANARY", "a b=CANARY"] {
        let sources =
            Sources::empty("").with_variable("CACHE_PROVIDER", "redis").with_set(assignment.replace("CANARY", CANARY));
        let (config, found) = resolve(&sources);
        let output = format!("{} {found:?} {config:?}", found.render(Paint::None));
        assert!(!output.contains(CANARY), "{output}");
    }
}
