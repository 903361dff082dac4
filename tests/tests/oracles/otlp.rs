//! A receiver of OpenTelemetry by others (rotel) reads what the loaded provider sends.

use std::{
    fs::File,
    net::TcpStream,
    process::{Command, Stdio},
};

use outrigger::manifest::Kind;
use outrigger_plugin_api::sdk::monitoring::Event;
use outrigger_tests::{loaded_sink::setup, program::Process, redis_server::free_port, test_host::eventually};
use serde_json::json;

use crate::installed;

#[tokio::test(flavor = "multi_thread")]
async fn another_receiver_reads_an_error_a_log_and_a_timing() {
    let folder = tempfile::tempdir().unwrap();
    let (port, other) = (free_port(), free_port());
    let log = folder.path().join("log");
    let output = File::create(&log).unwrap();
    let mut receiver = Command::new(installed::package("rotel").join("rotel-agent"));
    receiver.args(["start", "--exporter", "blackhole", "--debug-log", "traces", "--debug-log", "logs"]);
    receiver.args(["--debug-log-verbosity", "detailed"]);
    receiver.args(["--otlp-http-endpoint", &format!("127.0.0.1:{port}")]);
    receiver.args(["--otlp-grpc-endpoint", &format!("127.0.0.1:{other}")]);
    receiver.current_dir(folder.path()).stdout(output.try_clone().unwrap()).stderr(output).stdin(Stdio::null());
    let _receiver = Process::from(receiver.spawn().unwrap());
    eventually("the receiver listens", async || TcpStream::connect(("127.0.0.1", port)).is_ok()).await;
    let settings = format!("settings.endpoint = \"http://127.0.0.1:{port}\"\nsettings.service = \"shop\"");
    let host = setup(Kind::Monitoring, "otlp", &settings).into_host().await;
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let records = [
        json!({ "type": "error", "exceptions": [{ "type": "CardDeclined", "value": "no funds" }], "trace_id": trace,
            "span_id": "00000000000000ff" }),
        json!({ "type": "log", "message": "hello receiver", "severity": "warning" }),
        json!({ "type": "span", "name": "GET /cart", "operation": "http.server", "start_us": 1_795_392_000_000_000_u64, "duration_us": 5, "status": "ok" }),
    ];
    for record in records {
        let event: Event = serde_json::from_value(record).unwrap();
        host.monitoring().unwrap().report(event).await.unwrap();
    }
    let wanted = ["CardDeclined", "no funds", trace, "hello receiver", "WARN", "GET /cart", "service.name", "shop"];
    let said = || std::fs::read_to_string(&log).unwrap();
    eventually("all is read", async || wanted.iter().all(|word| said().contains(word))).await;
    let done =
        || host.deliveries().unwrap().status().lanes.iter().all(|lane| lane.behind == 0 && lane.dead_letters == 0);
    eventually("all is delivered", async || done()).await;
    host.shutdown().await;
}
