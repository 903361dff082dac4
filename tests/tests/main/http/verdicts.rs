//! What the door answers where providers disagree, refuse, or ask for a wait.

use serde_json::{Value, json};

use super::{Answer, Door, door, options};
use outrigger_tests::test_host::{Setup, eventually};

/// A door whose analytics providers are a store and the sink that says what it is told, or only the latter.
async fn open(providers: &str) -> Door {
    let text =
        format!("[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = {providers}\n");
    let setup = Setup::new(&text, &["cache_memory", "analytics_internal", "analytics_wilful"]);
    let database = setup.path("events.sqlite3").display().to_string();
    let setup = setup.variable("ANALYTICS_DATABASE_PATH", &database);
    let host = setup.start().await;
    let readiness = host.readiness();
    assert!(readiness.ready && !readiness.degraded, "{readiness:?}");
    let app = door::app(host.clone(), &options());
    Door { _setup: setup, host, app }
}

fn event(verdict: &str, wait_ms: Option<u64>) -> Value {
    json!({ "type": "track", "userId": "u", "event": "e", "properties": { "verdict": verdict, "wait_ms": wait_ms } })
}

/// Posts events and waits until every provider is done with them.
async fn batch(door: &Door, events: &[Value]) -> Answer {
    door.post("/v1/analytics/batch?wait=delivered&timeout=20s", json!({ "batch": events })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_providers_verdict_stands_by_its_event() {
    let door = open("[\"internal\", \"wilful\"]").await;
    let sorts = ["delivered", "accepted_unverified", "rejected", "dropped_by_vendor"];
    let events: Vec<_> = sorts.iter().map(|sort| event(sort, None)).collect();
    let answer = batch(&door, &events).await;
    assert_eq!(answer.status, 200);
    let states = ["delivered", "accepted_unverified", "dead_lettered", "dropped_by_vendor"];
    for (index, state) in states.iter().enumerate() {
        let providers = answer.json()["events"][index]["providers"].as_array().unwrap().clone();
        assert_eq!(providers[0], json!({ "provider": "internal", "state": "delivered" }));
        assert_eq!(providers[1], json!({ "provider": "wilful", "state": state }));
    }
    // The refused one is kept with the provider's words, can be sent again, and can be let go.
    let letters = door.send("GET", "/v1/deadletters/wilful", "").await.json();
    let letter = &letters["letters"][0];
    assert_eq!((&letters["count"], &letter["code"]), (&json!(1), &json!("delivery.rejected")));
    assert_eq!((&letter["reason"], &letter["attempts"]), (&json!("malformed"), &json!(1)));
    assert_eq!(letter["event"]["properties"]["verdict"], "rejected");
    assert_eq!(letter["id"], answer.json()["events"][2]["id"]);
    let begun = door.post("/v1/deadletters/wilful/replay", json!({ "all": true })).await;
    assert_eq!(begun.status, 202);
    let replay = format!("/v1/journal/replays/{}", begun.json()["id"].as_str().unwrap());
    eventually("the replay is done", async || door.send("GET", &replay, "").await.json()["done"] == true).await;
    assert_eq!(door.send("GET", &replay, "").await.json()["otherwise"], 1, "refused again");
    eventually("it has one new letter", async || {
        let again = door.send("GET", "/v1/deadletters/wilful", "").await.json();
        again["count"] == 1 && again["letters"][0]["number"] != letter["number"]
    })
    .await;
    door.post("/v1/deadletters/wilful/purge", json!({})).await.is_problem(400, "http.invalid");
    assert_eq!(door.post("/v1/deadletters/wilful/purge", json!({ "all": true })).await.json()["purged"], 1);
    assert_eq!(door.send("GET", "/v1/deadletters/wilful", "").await.json()["count"], 0);
    door.send("GET", "/v1/deadletters/nobody", "").await.is_problem(404, "delivery.missing");
    door.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_asks_for_time_gets_it_and_the_other_has_every_event() {
    let door = open("[\"internal\", \"wilful\"]").await;
    let path = "/v1/analytics/batch?wait=delivered&timeout=300ms";
    for verdict in ["retry", "overloaded"] {
        let sent = outrigger::clock::unix_ms();
        let answer = door.post(path, json!({ "batch": [event(verdict, Some(60_000))] })).await;
        assert_eq!(answer.status, 202, "not all is done");
        let providers = answer.json()["events"][0]["providers"].as_array().unwrap().clone();
        assert_eq!(providers[0]["state"], "delivered", "{verdict}");
        assert_eq!((&providers[1]["state"], &providers[1]["attempts"]), (&json!("retrying"), &json!(1)), "{verdict}");
        let next = providers[1]["next_try_ms"].as_u64().unwrap();
        assert!(next >= sent + 59_000, "{verdict}: asked for a minute, gets {} ms", next - sent);
    }
    let journal = door.send("GET", "/v1/journal", "").await.json();
    let behind: Vec<_> = journal["lanes"].as_array().unwrap().iter().map(|lane| &lane["behind"]).collect();
    assert_eq!(behind, [&json!(0), &json!(2)]);
    door.host.shutdown().await;
}
