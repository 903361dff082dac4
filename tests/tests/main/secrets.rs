//! A secret given as a setting appears in nothing that the program prints, at any log level.

use std::process::Command;

use outrigger_tests::{plugins, redis_server::free_port, test_host::Setup};

const CANARY: &str = "canary-7f3a9c";

/// Runs the program in the setup's folder and returns everything it printed.
fn run(setup: &Setup, level: &str, arguments: &[&str]) -> String {
    let program = plugins::built().join("outrigger");
    assert!(program.is_file(), "{} is missing; run the tests with `cargo xtask test`", program.display());
    let mut command = Command::new("timeout");
    // `run` serves until told to end: two seconds are enough for its start to fail and be logged.
    command.args(["--signal=TERM", "2"]).arg(program).args(arguments).current_dir(setup.dir.path());
    command.env_clear().env("REDIS_URL", url()).env("CACHE_PROVIDER", "redis").env("OUTRIGGER_LOG_LEVEL", level);
    let output = command.output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Nobody listens there: the provider's errors are what is most likely to quote the address.
fn url() -> String {
    format!("redis://user:{CANARY}@127.0.0.1:{}/0", free_port())
}

// Not on Windows: ends the program by a signal.
#[cfg(unix)]
#[test]
fn no_output_shows_a_secret() {
    let text = "[monitoring]\nproviders = [\"console\"]\n[analytics]\nproviders = []\n[listen]\nhttp = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\nmetrics = \"127.0.0.1:0\"\n[providers.redis]\nstart-timeout = \"1s\"\nrequired = false\n";
    let setup = Setup::new(text, &["cache_redis", "monitoring_console"]);
    std::fs::write(setup.path("plugins.toml"), text).unwrap();
    let commands: &[&[&str]] = &[
        &["check"],
        &["check", "--format", "json"],
        &["config", "show"],
        &["config", "show", "--origin"],
        &["config", "show", "--origin", "--format", "json"],
        &["config", "schema"],
        &["plugin", "list"],
        &["plugin", "inspect", "cache_redis"],
        &["run"],
        &["run", "--format", "json"],
        &["check", "--set", "providers.redis.settings.urll=oops"],
        &["check", "--set", "providers.redis.settings.database=canary-7f3a9c"],
    ];
    let mut shown = 0;
    for level in ["info", "trace"] {
        for command in commands {
            let output = run(&setup, level, command);
            assert!(!output.is_empty(), "{command:?} printed nothing");
            shown += usize::from(output.contains("redis"));
            // A value typed on the command line for a setting that is no secret may be quoted back; the URL may not.
            let secret = if command.contains(&"providers.redis.settings.database=canary-7f3a9c") {
                "user:canary"
            } else {
                CANARY
            };
            assert!(!output.contains(secret), "{command:?} at {level} shows the secret:\n{output}");
        }
    }
    assert!(shown >= 16, "the commands hardly spoke of the provider: {shown}");
}
