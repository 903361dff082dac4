//! An emulator of Upstash's REST API by others, over a real redis-server, with the loaded provider as its client.
//!
//! It knows no Base64 and no transactions: what needs them is listed, and proved against Upstash's rules elsewhere.

use std::{
    net::TcpStream,
    process::{Command, Stdio},
    sync::Arc,
};

use outrigger::conformance::LoadedCache;
use outrigger_plugin_api::conformance::cache::{Options, run};
use outrigger_tests::{
    program::Process,
    redis_server::{RedisServer, free_port},
    test_host::{Setup, eventually},
};

use crate::installed;

const TOKEN: &str = "0123456789abcdef-token";

/// What the emulator lacks, with the cases of the suite that need it.
const LACKS: [(&str, &[&str]); 5] = [
    (
        "no Base64: what is not UTF-8 is lost in its answers",
        &["keys_and_values_are_any_bytes", "a_batch_of_a_thousand_answers_each", "a_scan_keeps_to_its_prefix"],
    ),
    ("no command in the path, which large values need", &["a_value_of_8_mib_survives"]),
    (
        "answers 500 where Upstash answers 400, so that the command's fault counts as the server's",
        &[
            "set_range_pads_with_zeros",
            "rename_moves_the_value",
            "an_ended_entry_counts_as_absent",
            "increment_refuses_what_is_no_integer",
            "increment_refuses_to_overflow",
            "increment_float_refuses_what_is_no_number",
        ],
    ),
    ("integers as JavaScript has them", &["large_integers_are_exact"]),
    (
        "no /multi-exec",
        &[
            "a_group_runs_in_order",
            "a_failing_operation_does_not_stop_its_group",
            "a_group_answers_every_operation",
            "a_group_is_never_seen_by_half",
            "integers_in_groups_are_exact",
        ],
    ),
];

struct Emulator {
    _process: Process,
    url: String,
}

impl Emulator {
    async fn start(redis: &RedisServer) -> Self {
        let port = free_port();
        let package = installed::folder().join("npm/node_modules/@humanwhocodes/upstash-redis-server");
        let mut node = Command::new("node");
        node.arg(package.join("dist/server.js")).stdin(Stdio::null()).stdout(Stdio::null());
        // Node turns what it inherits to non-blocking, for everybody.
        node.stderr(Stdio::null());
        node.env("URS_TOKEN", TOKEN).env("PORT", port.to_string()).env("REDIS_URL", redis.url());
        let process = Process::from(node.spawn().unwrap());
        eventually("the emulator listens", async || TcpStream::connect(("127.0.0.1", port)).is_ok()).await;
        Self { _process: process, url: format!("http://127.0.0.1:{port}") }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_conforms_over_another_implementation_of_the_api() {
    let redis = RedisServer::start();
    let emulator = Emulator::start(&redis).await;
    let text = "[cache]\nprovider = \"upstash\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = []\n\
                [providers.upstash]\ntimeout = \"30s\"\nsettings.response-timeout = \"20s\"\nsettings.encoding = \"plain\"\n";
    let setup = Setup::new(text, &["cache_upstash"]).variable("UPSTASH_REDIS_REST_URL", &emulator.url);
    let host = setup.variable("UPSTASH_REDIS_REST_TOKEN", TOKEN).into_host().await;
    let lacks = LACKS.iter().flat_map(|(reason, cases)| cases.iter().map(move |case| (*case, *reason)));
    let options = lacks.fold(Options::new("emulated:"), |options, (case, reason)| options.known_gap(case, reason));
    let report = run(Arc::new(LoadedCache(host.cache().unwrap().calls().clone())), options).await;
    report.assert_ok();
    assert!(report.passed() >= 50, "{report}");
    host.shutdown().await;
}
