//! Everything the provider sends as an event or transaction passes Sentry's own normalizer without a complaint.

use outrigger::manifest::Kind;
use outrigger_plugin_api::{conformance::sink::Subject, sdk::Call};
use outrigger_tests::{
    loaded_sink::{record, setup},
    sink_subject::LoadedSink,
    vendor::{
        Vendor,
        sentry::{self, Item, KEY, read},
    },
};
use serde_json::{Value, json};

use crate::{
    installed,
    sample::{self, Sample},
};

/// Sends the records through the loaded provider and returns what reached the server as events and transactions.
async fn sent(samples: &[Sample]) -> Vec<Item> {
    let vendor = Vendor::start(sentry::answer).await;
    let lines = format!("timeout = \"60s\"\nsettings.dsn = \"http://{KEY}@{}/42\"", vendor.address());
    let sink = LoadedSink::start(setup(Kind::Monitoring, "sentry", &lines), Kind::Monitoring).await;
    // As many as the provider takes in one batch.
    for batch in samples.chunks(100) {
        let batch = batch.iter().map(|(sort, body)| record(*sort, body)).collect();
        let verdicts = sink.deliver(Call::unbounded(), batch).await.unwrap();
        assert!(verdicts.iter().all(|verdict| verdict.as_str() == "delivered"), "{verdicts:?}");
    }
    let envelopes = vendor.requests();
    envelopes.iter().flat_map(|request| read(&request.body).unwrap().1).collect()
}

/// Returns what the normalizer says of each item.
fn normalized(items: &[Item]) -> Vec<Value> {
    let line = |item: &Item| json!({ "type": item.header["type"], "payload": item.payload });
    installed::judged("normalize.py", &items.iter().map(line).collect::<Vec<_>>())
}

/// Returns the number of frames of each exception.
fn frames(event: &Value) -> Vec<usize> {
    let values = event["exception"]["values"].as_array().map(Vec::as_slice).unwrap_or_default();
    values.iter().map(|value| value["stacktrace"]["frames"].as_array().map_or(0, Vec::len)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_event_of_ours_has_an_error_in_sentrys_normalizer() {
    let samples = sample::generated(400);
    let items = sent(&samples).await;
    assert_eq!(items.len(), samples.len());
    let mut faults = Vec::new();
    for (item, answer) in items.iter().zip(normalized(&items)) {
        if answer["errors"] != json!([]) {
            faults.push(answer["errors"].to_string());
        }
        assert_eq!(frames(&answer["event"]), frames(&item.payload), "{}", item.payload);
    }
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), items.len(), faults.join("\n"));
}

#[test]
fn the_normalizer_complains_where_there_is_a_reason() {
    let header = json!({ "type": "event" });
    let payload = json!({ "event_id": "no id", "level": "worse", "timestamp": "yesterday" });
    let answers = normalized(&[Item { header, payload }]);
    let mut names: Vec<&str> =
        answers[0]["errors"].as_array().unwrap().iter().map(|error| error["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["event_id", "level", "timestamp"]);
}
