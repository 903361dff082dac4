//! The admin listener.

use outrigger::{Host, admin, config::Secret};
use outrigger_tests::test_host::{Setup, operations};
use serde_json::json;

use super::{Answer, CACHE, Door, ask, request};

async fn get(host: &Host, path: &str, name: &str) -> Answer {
    get_with(host, path, name, None, "").await
}

async fn get_with(host: &Host, path: &str, name: &str, token: Option<&Secret>, sent: &str) -> Answer {
    let app = admin::app(operations(host), "127.0.0.1:8182".parse().unwrap(), token);
    let mut request = request("GET", path, "");
    if !name.is_empty() {
        request.headers_mut().insert("host", name.parse().unwrap());
    }
    if !sent.is_empty() {
        request.headers_mut().insert("authorization", format!("Bearer {sent}").parse().unwrap());
    }
    ask(&app, request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_token_metrics_and_inventory_need_it_and_probes_do_not() {
    let setup = Setup::new(CACHE, &["cache_memory"]);
    let host = setup.start().await;
    let token = Secret::new("a-token-of-some-length");
    for path in ["/metrics", "/v1/status"] {
        assert_eq!(get_with(&host, path, "", Some(&token), "").await.status, 401);
        assert_eq!(get_with(&host, path, "", Some(&token), "another-token-of-length").await.status, 401);
        assert_eq!(get_with(&host, path, "", Some(&token), "a-token-of-some-length").await.status, 200);
    }
    for path in ["/livez", "/readyz"] {
        assert_eq!(get_with(&host, path, "", Some(&token), "").await.status, 200);
    }
}

fn one_broken(required: bool) -> String {
    format!(
        "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = [\"internal\"]\n[providers.internal]\nrequired = {required}\nsettings.path = \"/dev/null/events.db\"\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_required_provider_is_named_in_a_503() {
    let setup = Setup::new(&one_broken(true), &["cache_memory", "analytics_internal"]);
    let host = setup.start().await;
    let answer = get(&host, "/readyz", "").await;
    assert_eq!(answer.status, 503);
    let readiness = answer.json();
    assert_eq!(readiness["ready"], false);
    let failed: Vec<_> =
        readiness["providers"].as_array().unwrap().iter().filter(|one| !one["code"].is_null()).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!((&failed[0]["provider"], &failed[0]["state"]), (&json!("internal"), &json!("failed")));
    assert!(failed[0]["code"].as_str().unwrap().starts_with("plugin."), "{failed:?}");
    assert_eq!(get(&host, "/livez", "").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_optional_provider_only_degrades() {
    let setup = Setup::new(&one_broken(false), &["cache_memory", "analytics_internal"]);
    let host = setup.start().await;
    let answer = get(&host, "/readyz", "").await;
    assert_eq!(answer.status, 200);
    assert_eq!((&answer.json()["ready"], &answer.json()["degraded"]), (&json!(true), &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_lines_that_prometheus_reads() {
    let setup = Setup::new(CACHE, &["cache_memory"]);
    let host = setup.start().await;
    let answer = get(&host, "/metrics", "").await;
    assert!(answer.headers["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    assert!(text.contains("outrigger_provider_up{kind=\"cache\",provider=\"memory\"} 1\n"), "{text}");
    assert!(text.contains("outrigger_ready 1\n"));
    is_exposition(&text);
}

/// Checks that each family stands together under one HELP and TYPE, and that values are numbers.
fn is_exposition(text: &str) {
    let (mut family, mut families) = ("", std::collections::BTreeSet::new());
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            family = rest.split(' ').next().unwrap();
            assert!(families.insert(family), "two families {family}");
        } else if !line.starts_with('#') {
            let (name, value) = line.rsplit_once(' ').unwrap();
            let sample = name.split('{').next().unwrap();
            let ending = sample.strip_prefix(family).unwrap_or("?");
            assert!(["", "_bucket", "_sum", "_count"].contains(&ending), "a sample outside its family: {line}");
            assert!(value.parse::<f64>().is_ok(), "{line}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_requests_and_the_process_are_counted() {
    let door = Door::cache().await;
    let sample = async |name: &str| {
        let text = String::from_utf8(get(&door.host, "/metrics", "").await.body.to_vec()).unwrap();
        is_exposition(&text);
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned));
        line.unwrap_or_default().parse::<f64>().unwrap_or(0.0)
    };
    // The tests of one process share its count of requests: what grows here is at least what is done here.
    let requests = "outrigger_http_requests_total{route=\"/v1/cache/keys/{*key}\",method=\"PUT\",status=\"2xx\"}";
    let durations =
        "outrigger_http_request_duration_seconds_bucket{route=\"/v1/cache/keys/{*key}\",method=\"PUT\",le=\"+Inf\"}";
    let calls = "outrigger_calls_ready_total{kind=\"cache\",provider=\"memory\"}";
    let (requests_before, durations_before) = (sample(requests).await, sample(durations).await);
    let calls_before = sample(calls).await;
    for _ in 0..3 {
        assert_eq!(door.send("PUT", "/v1/cache/keys/k", "v").await.status, 204);
    }
    door.host.cache().unwrap().get("k").await.unwrap();
    assert!(sample(requests).await >= requests_before + 3.0);
    assert!(sample(durations).await >= durations_before + 3.0);
    assert_eq!(sample(calls).await - calls_before, 4.0);
    assert!(sample("process_start_time_seconds").await > 1.7e9);
    assert!(sample("outrigger_uptime_seconds").await > 0.0);
    #[cfg(target_os = "linux")]
    for name in ["process_resident_memory_bytes", "process_open_fds", "process_max_fds"] {
        assert!(sample(name).await > 0.0, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_host_name_is_refused() {
    let setup = Setup::new(CACHE, &["cache_memory"]);
    let host = setup.start().await;
    for name in ["localhost", "localhost:8182", "127.0.0.1:8182", "[::1]:8182", ""] {
        assert_eq!(get(&host, "/livez", name).await.status, 200, "{name}");
    }
    for name in ["example.com", "example.com:8182", "localhost.example.com"] {
        get(&host, "/livez", name).await.is_problem(421, "admin.host_refused");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inventory_names_what_runs() {
    let setup = Setup::new(CACHE, &["cache_memory"]);
    let host = setup.start().await;
    let status = get(&host, "/v1/status", "").await.json();
    let memory = &status["providers"][0];
    assert_eq!((&memory["provider"], &memory["state"]), (&json!("memory"), &json!("running")));
    assert_eq!(memory["sha256"].as_str().unwrap().len(), 64);
    host.shutdown().await;
    assert_eq!(get(&host, "/readyz", "").await.status, 503);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_paths_and_methods_are_problems() {
    let setup = Setup::new(CACHE, &["cache_memory"]);
    let host = setup.start().await;
    get(&host, "/nothing", "").await.is_problem(404, "http.no_such_route");
    let app = admin::app(operations(&host), "127.0.0.1:8182".parse().unwrap(), None);
    for path in ["/livez", "/readyz", "/metrics", "/v1/status"] {
        let answer = ask(&app, request("POST", path, "")).await;
        answer.is_problem(405, "http.method_not_allowed");
        assert_eq!(answer.headers["allow"], "GET,HEAD", "{path}");
    }
    // Behind the same name guard as the rest.
    get(&host, "/nothing", "example.com").await.is_problem(421, "admin.host_refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_metrics_listener_reads_as_the_admin_listener_does_and_changes_nothing() {
    let setup = Setup::new(CACHE, &["cache_memory"]);
    let host = setup.start().await;
    let address = "127.0.0.1:8183".parse().unwrap();
    let app = admin::metrics_app(host.clone(), address, None);
    for path in ["/livez", "/readyz", "/metrics", "/v1/status"] {
        let answer = ask(&app, request("GET", path, "")).await;
        assert_eq!(answer.status, 200, "{path}");
        ask(&app, request("POST", path, "")).await.is_problem(405, "http.method_not_allowed");
    }
    for path in ["reload", "switch", "select", "undo"] {
        ask(&app, request("POST", &format!("/admin/v1/{path}"), "{}")).await.is_problem(404, "http.no_such_route");
    }
    let token = Secret::new("a-token-of-some-length");
    let app = admin::metrics_app(host.clone(), address, Some(&token));
    assert_eq!(ask(&app, request("GET", "/metrics", "")).await.status, 401);
    assert_eq!(ask(&app, request("GET", "/livez", "")).await.status, 200);
}
