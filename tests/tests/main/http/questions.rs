//! Questions about delivered events over HTTP: asked, refused, streamed; and a person removed.

use serde_json::{Value, json};

use super::{Door, options};

/// Two stores of the same events.
async fn open() -> (tempfile::TempDir, Door) {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let text = format!(
        "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = [\"internal\", \"second\"]\n\
         [providers.internal]\nsettings.path = \"{}\"\n\
         [providers.second]\nplugin = \"analytics_internal\"\nsettings.path = \"{}\"\n",
        path("first.db"),
        path("second.db")
    );
    let door = Door::open(&text, &["cache_memory", "analytics_internal"], options()).await;
    let track = |user: &str, event: &str, time: &str| json!({ "type": "track", "userId": user, "event": event, "timestamp": time, "properties": { "plan": "pro" } });
    let batch = json!({ "batch": [
        { "type": "page", "anonymousId": "visitor", "name": "Home", "timestamp": "2026-11-01T09:00:00Z" },
        { "type": "identify", "userId": "ann", "anonymousId": "visitor", "timestamp": "2026-11-01T10:00:00Z" },
        track("ann", "Signed Up", "2026-11-01T10:00:00Z"),
        track("ann", "Paid", "2026-11-03T10:00:00Z"),
        track("ben", "Signed Up", "2026-11-02T10:00:00Z"),
    ] });
    let answer = door.post("/v1/analytics/batch?wait=delivered&timeout=20s", batch).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    (dir, door)
}

async fn ask(door: &Door, question: Value) -> Value {
    let answer = door.post("/v1/analytics/query", question).await;
    assert_eq!(answer.status, 200, "{}", answer.json());
    answer.json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_is_answered_with_times_as_people_write_them() {
    let (_dir, door) = open().await;
    let filter = json!({ "from": "2026-11-01T00:00:00+01:00", "to": "2026-11-03T00:00:00Z" });
    let counts = ask(&door, json!({ "query": "counts", "filter": filter, "interval": "day" })).await;
    assert_eq!(counts["total"], json!({ "events": 4, "people": 2 }));
    let days: Vec<_> = counts["points"].as_array().unwrap().iter().map(|point| point["events"].clone()).collect();
    assert_eq!(days, [0, 3, 1]);
    let steps = json!([{ "name": "Signed Up" }, { "name": "Paid" }]);
    let funnel = ask(&door, json!({ "query": "funnel", "steps": steps, "window": "7d" })).await;
    assert_eq!(funnel, json!({ "query": "funnel", "people": [2, 1] }));
    let same =
        ask(&door, json!({ "query": "funnel", "steps": steps, "window_ms": 604_800_000, "provider": "second" })).await;
    assert_eq!(same, funnel);
    door.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_question_is_named_by_pointer() {
    let (_dir, door) = open().await;
    for (question, status, code, expected) in [
        (json!({}), 400, "http.invalid", vec!["/query"]),
        (json!({ "query": 5 }), 400, "http.invalid", vec!["/query"]),
        (json!({ "query": "top", "provider": 5 }), 400, "http.invalid", vec!["/provider"]),
        (
            json!({ "query": "counts", "interval": "fortnight", "zones": 1 }),
            400,
            "http.invalid",
            vec!["/interval", "/zones"],
        ),
        (
            json!({ "query": "top", "limit": 0, "filter": { "events": [{ "type": "dance" }] } }),
            400,
            "http.invalid",
            vec!["/filter/events/0/type", "/limit"],
        ),
        (json!({ "query": "funnel", "steps": [{}], "window": "7d" }), 400, "http.invalid", vec!["/steps"]),
        (json!({ "query": "funnel", "steps": [{}, {}], "window": "7" }), 400, "http.invalid", vec!["/window"]),
        (json!({ "query": "funnel", "steps": [{}, {}], "window": "900d" }), 400, "http.invalid", vec!["/window"]),
        (json!({ "query": "funnel", "steps": [{}, {}] }), 400, "http.invalid", vec!["/window_ms"]),
        (json!({ "query": "top", "filter": { "from": "yesterday" } }), 400, "http.invalid", vec!["/filter/from"]),
        (json!({ "query": "top", "filter": { "from": "1h", "to": "2h" } }), 400, "http.invalid", vec!["/filter/to"]),
        (
            json!({ "query": "top", "filter": { "from": "2h", "from_ms": 1 } }),
            400,
            "http.invalid",
            vec!["/filter/from"],
        ),
        (
            json!({ "query": "top", "filter": { "where": [{ "is": "like", "property": "p" }] } }),
            400,
            "http.invalid",
            vec!["/filter/where/0/is"],
        ),
        // What only the provider can know.
        (json!({ "query": "counts", "interval": "day", "zone": "Mars" }), 422, "provider.invalid", vec!["/zone"]),
        (json!({ "query": "live", "cursor": "nowhere" }), 422, "provider.invalid", vec!["/cursor"]),
    ] {
        let answer = door.post("/v1/analytics/query", question.clone()).await;
        answer.is_problem(status, code);
        let errors = answer.json()["errors"].as_array().unwrap().clone();
        let mut found: Vec<_> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{question}: {errors:?}");
        assert!(errors.iter().all(|error| !error["detail"].as_str().unwrap().is_empty()), "{errors:?}");
    }
    door.send("POST", "/v1/analytics/query", "{").await.is_problem(422, "http.json");
    door.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_answers_no_questions_is_told_who_does() {
    let (_dir, door) = open().await;
    let answer = door.post("/v1/analytics/query", json!({ "query": "top", "provider": "nobody" })).await;
    answer.is_problem(501, "provider.unsupported");
    let detail = answer.json()["detail"].as_str().unwrap().to_owned();
    let expected = "no running analytics provider called `nobody` answers questions; these do: internal, second";
    assert_eq!(detail, expected);
    // A question of a later version goes to the provider, which knows what it answers.
    let answer = door.post("/v1/analytics/query", json!({ "query": "paths", "depth": 3 })).await;
    answer.is_problem(501, "provider.unsupported");
    assert!(answer.json()["detail"].as_str().unwrap().contains("it answers counts, top,"));
    let nobody = "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = []\n";
    let without = Door::open(nobody, &["cache_memory"], options()).await;
    without.post("/v1/analytics/query", json!({ "query": "top" })).await.is_problem(404, "provider.none");
    without.host.shutdown().await;
    door.host.shutdown().await;
}

/// Returns the lines of an export.
async fn lines(door: &Door, method: &str, path: &str, body: &str) -> Vec<Value> {
    let answer = door.send(method, path, body.to_owned()).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.headers["content-type"]),
        (200, &"application/x-ndjson".parse().unwrap())
    );
    let text = std::str::from_utf8(&answer.body).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'));
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_has_a_line_for_each_event_over_any_number_of_pages() {
    let (_dir, door) = open().await;
    let all = lines(&door, "GET", "/v1/analytics/export", "").await;
    let names: Vec<_> = all.iter().map(|event| event["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Home", "", "Signed Up", "Paid", "Signed Up"]);
    assert_eq!(all[2]["properties"], json!({ "plan": "pro" }));
    // Times with a zone have a plus, which a query writes as %2B.
    let path = "/v1/analytics/export?event=Signed%20Up&from=2026-11-02T00:00:00%2B01:00&provider=second";
    assert_eq!(lines(&door, "GET", path, "").await.len(), 1);
    assert_eq!(lines(&door, "GET", "/v1/analytics/export?type=page&to=2026-11-01T09:00:00Z", "").await.len(), 0);
    let filter = json!({ "filter": { "where": [{ "is": "equals", "property": "plan", "value": "pro" }] } });
    assert_eq!(lines(&door, "POST", "/v1/analytics/export", &filter.to_string()).await.len(), 3);
    door.send("GET", "/v1/analytics/export?from=yesterday", "").await.is_problem(400, "http.invalid");
    door.send("GET", "/v1/analytics/export?since=1h", "").await.is_problem(400, "http.invalid");
    door.send("GET", "/v1/analytics/export?provider=nobody", "").await.is_problem(501, "provider.unsupported");
    // More than one page of the door's.
    for part in 0..5 {
        let event =
            |number: u64| json!({ "type": "track", "userId": format!("u{number}"), "event": format!("n{part}") });
        let batch = json!({ "batch": (0..500).map(event).collect::<Vec<_>>() });
        let answer = door.post("/v1/analytics/batch?wait=delivered&timeout=20s", batch).await;
        assert_eq!(answer.status, 200);
    }
    let all = lines(&door, "GET", "/v1/analytics/export", "").await;
    let ids: std::collections::HashSet<_> = all.iter().map(|event| event["id"].as_str().unwrap()).collect();
    assert_eq!((all.len(), ids.len()), (2_505, 2_505));
    door.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_removed_from_every_provider_that_keeps_events() {
    let (_dir, door) = open().await;
    let only = door.send("DELETE", "/v1/analytics/users/ben?provider=second", "").await;
    let removed = json!({ "providers": [{ "provider": "second", "events": 1, "ids": 1 }], "not_asked": ["internal"] });
    assert_eq!((only.status.as_u16(), only.json()), (200, removed));
    let answer = door.send("DELETE", "/v1/analytics/users/visitor", "").await.json();
    let expected = json!({ "providers": [
        { "provider": "internal", "events": 4, "ids": 2 },
        { "provider": "second", "events": 4, "ids": 2 },
    ], "not_asked": [] });
    assert_eq!(answer, expected);
    let again = door.send("DELETE", "/v1/analytics/users/ann", "").await.json();
    assert_eq!(again["providers"][0], json!({ "provider": "internal", "events": 0, "ids": 0 }));
    for (provider, events) in [("internal", 1), ("second", 0)] {
        let counts = ask(&door, json!({ "query": "counts", "provider": provider })).await;
        assert_eq!(counts["total"]["events"], events, "{provider}");
    }
    door.send("DELETE", "/v1/analytics/users/ann?provider=nobody", "").await.is_problem(501, "provider.unsupported");
    door.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_library_asks_in_types() {
    use outrigger_plugin_api::sdk::analytics::query::{Answer, By, Counts, Filter, Funnel, Question, Selector, Top};
    let (_dir, door) = open().await;
    let analytics = door.host.analytics().unwrap();
    let filter = Filter { events: vec![Selector::named("Signed Up")], ..Filter::default() };
    let counts = analytics.ask(&Question::Counts(Counts { filter, ..Counts::default() })).await.unwrap();
    let Answer::Counts(counts) = counts else { panic!("another answer: {counts:?}") };
    assert_eq!((counts.total.events, counts.total.people), (2, 2));
    let error = analytics.ask(&Question::Top(Top { limit: 0, ..Top::default() })).await.unwrap_err();
    assert_eq!((error.code(), error.to_string().as_str()), ("call.invalid", "/limit must be from 1 to 1000"));
    let by = Some(By { property: "plan".into(), limit: 1 });
    let steps = vec![Selector::named("Signed Up"), Selector::named("Paid")];
    let funnel = Question::Funnel(Funnel { filter: Filter::default(), steps, window_ms: 604_800_000, by });
    let Answer::Funnel(funnel) = analytics.ask(&funnel).await.unwrap() else { panic!("another answer") };
    assert_eq!((funnel.people, funnel.values.len()), (vec![2, 1], 1));
    door.host.shutdown().await;
}
