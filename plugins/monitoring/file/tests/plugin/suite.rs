//! The sink conformance suite over this plugin, through the table it exports.

use std::sync::Arc;

use monitoring_file::OutriggerPlugin;
use outrigger_plugin_api::conformance::sink::{Fixture, InProcess, Options, run};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_plugin_does_what_every_sink_has_to() {
    let start = async || {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let path = folder.path().join("log.jsonl");
        let settings = serde_json::json!({ "path": path }).to_string();
        let subject = InProcess::start::<OutriggerPlugin>("file", &settings).await?;
        let read = move || {
            let _kept = &folder;
            let text = std::fs::read_to_string(&path).unwrap();
            let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
            let ids: Vec<uuid::Uuid> = lines.map(|line| line["id"].as_str().unwrap().parse().unwrap()).collect();
            std::future::ready(ids)
        };
        Ok(Fixture::new(subject).recorded(read))
    };
    run(start, Options::default()).await.assert_ok();
}
