//! The cache's routes.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::json;

use super::{Door, request};

#[tokio::test(flavor = "multi_thread")]
async fn bytes_and_content_type_come_back_as_they_were() {
    let door = Door::cache().await;
    let bytes: Vec<u8> = (0..=255).collect();
    let mut put = request("PUT", "/v1/cache/keys/picture", bytes.clone());
    put.headers_mut().insert("content-type", "image/png".parse().unwrap());
    assert_eq!(door.ask(put).await.status, 204);
    let got = door.send("GET", "/v1/cache/keys/picture", "").await;
    assert_eq!((got.status.as_u16(), got.headers["content-type"].to_str().unwrap()), (200, "image/png"));
    assert_eq!(got.body, bytes);
    // A later write without a type does not inherit the old one.
    door.send("PUT", "/v1/cache/keys/picture", "text").await;
    let got = door.send("GET", "/v1/cache/keys/picture", "").await;
    assert_eq!(got.headers["content-type"], "application/octet-stream");
    assert_eq!(door.send("DELETE", "/v1/cache/keys/picture", "").await.status, 204);
    door.send("GET", "/v1/cache/keys/picture", "").await.is_problem(404, "cache.missing");
    door.send("DELETE", "/v1/cache/keys/picture", "").await.is_problem(404, "cache.missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn any_bytes_are_a_key() {
    let door = Door::cache().await;
    for (path, key) in [
        ("a/b", &b"a/b"[..]),
        ("a%2Fc", b"a/c"),
        ("100%25", b"100%"),
        ("%00%FF", &[0, 255]),
        ("%C3%A4", "ä".as_bytes()),
    ] {
        let path = format!("/v1/cache/keys/{path}");
        assert_eq!(door.send("PUT", &path, "v").await.status, 204, "{path}");
        assert_eq!(door.host.cache().unwrap().get(key).await.unwrap().as_deref(), Some(&b"v"[..]), "{path}");
        assert_eq!(door.send("GET", &path, "").await.body, "v", "{path}");
    }
    door.send("GET", "/v1/cache/keys/a%2", "").await.is_problem(400, "http.invalid");
    door.send("GET", "/v1/cache/keys/a%zz", "").await.is_problem(400, "http.invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_keep_their_conditions_and_deadlines() {
    let door = Door::cache().await;
    let key = "/v1/cache/keys/k";
    door.send("PUT", "/v1/cache/keys/k?if=present", "1").await.is_problem(412, "cache.condition");
    assert_eq!(door.send("PUT", "/v1/cache/keys/k?if=absent&ttl=60s", "1").await.status, 204);
    door.send("PUT", "/v1/cache/keys/k?if=absent", "2").await.is_problem(412, "cache.condition");
    assert_eq!(door.send("GET", key, "").await.body, "1");
    let left = door.send("GET", "/v1/cache/ttl/k", "").await.json()["ttl_ms"].as_u64().unwrap();
    assert!((1..=60_000).contains(&left), "{left}");
    door.send("PUT", "/v1/cache/keys/k?keep_ttl=true", "3").await;
    assert!(door.send("GET", "/v1/cache/ttl/k", "").await.json()["ttl_ms"].is_u64());
    assert_eq!(door.send("DELETE", "/v1/cache/ttl/k", "").await.status, 204);
    assert!(door.send("GET", "/v1/cache/ttl/k", "").await.json()["ttl_ms"].is_null());
    assert_eq!(door.send("PUT", "/v1/cache/ttl/k", json!({ "ttl": "5s" }).to_string()).await.status, 204);
    door.send("PUT", "/v1/cache/ttl/none", json!({ "ttl": "5s" }).to_string()).await.is_problem(404, "cache.missing");
    door.send("GET", "/v1/cache/ttl/none", "").await.is_problem(404, "cache.missing");
    for bad in ["ttl=60", "ttl=1s&keep_ttl=true", "keep_ttl=yes", "if=maybe"] {
        door.send("PUT", &format!("{key}?{bad}"), "x").await.is_problem(400, "http.invalid");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_add_and_refuse_text() {
    let door = Door::cache().await;
    let path = "/v1/cache/increment/n";
    assert_eq!(door.send("POST", path, "").await.json()["value"], 1);
    assert_eq!(door.post(path, json!({ "by": -5 })).await.json()["value"], -4);
    door.post(path, json!({ "bye": 1 })).await.is_problem(422, "http.json");
    door.send("PUT", "/v1/cache/keys/n", "text").await;
    door.post(path, json!({})).await.is_problem(422, "provider.invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_lists_each_key_once_and_no_content_types() {
    let door = Door::cache().await;
    for number in 0..50 {
        let mut put = request("PUT", &format!("/v1/cache/keys/p:{number:02}"), "v");
        put.headers_mut().insert("content-type", "text/plain".parse().unwrap());
        door.ask(put).await;
    }
    door.send("PUT", "/v1/cache/keys/other", "v").await;
    let (mut keys, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
    loop {
        let page = door.send("GET", &format!("/v1/cache/scan?prefix=p:&count=7&cursor={cursor}"), "").await.json();
        keys.extend(page["keys"].as_array().unwrap().iter().map(|key| key.as_str().unwrap().to_owned()));
        pages += 1;
        match page["cursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    keys.sort();
    assert_eq!(keys, (0..50).map(|number| format!("p:{number:02}")).collect::<Vec<_>>());
    assert!(pages > 1);
    for bad in ["count=0", "count=10001", "count=x", "cursor=zz", "cursor=abc"] {
        door.send("GET", &format!("/v1/cache/scan?{bad}"), "").await.is_problem(400, "http.invalid");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clearing_everything_has_to_be_said() {
    let door = Door::cache().await;
    for key in ["a:1", "a:2", "b"] {
        door.send("PUT", &format!("/v1/cache/keys/{key}"), "v").await;
    }
    door.send("POST", "/v1/cache/clear", "").await.is_problem(400, "http.invalid");
    assert_eq!(door.send("POST", "/v1/cache/clear?prefix=a:", "").await.json()["deleted"], 2);
    assert_eq!(door.send("GET", "/v1/cache/size", "").await.json()["entries"], 1);
    assert_eq!(door.send("POST", "/v1/cache/clear?all=true", "").await.json()["deleted"], 1);
    assert_eq!(door.send("GET", "/v1/cache/size", "").await.json()["entries"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_answers_each_operation_in_order() {
    let door = Door::cache().await;
    let binary = STANDARD.encode([0, 255]);
    let answer = door
        .post(
            "/v1/cache/batch",
            json!({ "operations": [
                { "op": "set", "key": "k", "value": "1" },
                { "op": "set", "key_base64": binary, "value_base64": binary },
                { "op": "get", "key_base64": binary },
                { "op": "increment", "key": "k", "by": 2 },
                { "op": "get", "key": "none" },
                { "op": "exists", "key": "k" },
                { "op": "increment", "key_base64": binary },
            ] }),
        )
        .await
        .json();
    assert_eq!(answer["ran"], true);
    let results = answer["results"].as_array().unwrap();
    assert_eq!(results.len(), 7);
    assert_eq!(results[2], json!({ "found": true, "value_base64": binary }));
    assert_eq!(results[3], json!({ "number": 3 }));
    assert_eq!(results[4], json!({ "found": false }));
    assert_eq!(results[5], json!({ "applied": true }));
    assert_eq!(results[6]["error"]["code"], "provider.invalid");
    for bad in [
        json!({ "operations": [{ "op": "explode", "key": "k" }] }),
        json!({ "operations": [{ "op": "get" }] }),
        json!({ "operations": [{ "op": "get", "key": "k", "key_base64": "aw==" }] }),
        json!({ "operations": [{ "op": "increment", "key": "k", "by": 0.5 }] }),
        json!({ "operations": [], "watched": [{ "key": "k", "token_base64": "" }] }),
    ] {
        door.post("/v1/cache/batch", bad).await.is_problem(400, "http.invalid");
    }
    door.post("/v1/cache/batch", json!({ "operation": [] })).await.is_problem(422, "http.json");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_atomic_batch_runs_only_while_its_watched_key_is_unchanged() {
    let door = Door::cache().await;
    door.send("PUT", "/v1/cache/keys/stock", "1").await;
    let token = door.post("/v1/cache/batch", json!({ "operations": [{ "op": "token", "key": "stock" }] })).await.json();
    let token = &token["results"][0]["value_base64"];
    assert!(token.is_string());
    let take = json!({ "atomic": true, "watched": [{ "key": "stock", "token_base64": token }],
        "operations": [{ "op": "increment", "key": "stock", "by": -1 }] });
    let first = door.post("/v1/cache/batch", take.clone()).await.json();
    assert_eq!(first, json!({ "ran": true, "results": [{ "number": 0 }] }));
    let second = door.post("/v1/cache/batch", take).await.json();
    assert_eq!(second, json!({ "ran": false, "results": [] }));
    assert_eq!(door.send("GET", "/v1/cache/keys/stock", "").await.body, "0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_misspelt_argument_is_refused_and_nothing_is_written() {
    let door = Door::cache().await;
    door.send("PUT", "/v1/cache/keys/a?tt1=30s", "x").await.is_problem(400, "http.invalid");
    door.send("GET", "/v1/cache/keys/a", "").await.is_problem(404, "cache.missing");
    let rename = r#"{"operations":[{"op":"rename","key":"a","to":"b","if":"absnt"}]}"#;
    door.send("POST", "/v1/cache/batch", rename).await.is_problem(400, "http.invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn whole_numbers_keep_every_digit() {
    let door = Door::cache().await;
    let by = r#"{"operations":[{"op":"increment","key":"n","by":9007199254740993}]}"#;
    let answer = door.send("POST", "/v1/cache/batch", by).await;
    assert_eq!(answer.json()["results"][0]["number"], 9_007_199_254_740_993_i64);
    let half = r#"{"operations":[{"op":"increment","key":"n","by":0.5}]}"#;
    door.send("POST", "/v1/cache/batch", half).await.is_problem(400, "http.invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batchs_faults_are_named_by_pointer() {
    let door = Door::cache().await;
    let operations = json!({ "operations": [{ "op": "get", "key": "a" }, { "op": "get", "key": 5, "kee": "a" }] });
    let answer = door.post("/v1/cache/batch", operations).await;
    answer.is_problem(422, "http.json");
    let errors = answer.json()["errors"].clone();
    let pointers: Vec<_> = errors.as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    assert_eq!(pointers, ["/operations/1/kee", "/operations/1/key"]);
    let answer = door.post("/v1/cache/batch", json!({ "operations": [{ "op": "get" }] })).await;
    answer.is_problem(400, "http.invalid");
    assert_eq!(answer.json()["errors"][0]["pointer"], "/operations/0/key");
    // A member that the operation does not take, and nothing is written.
    let operations = json!({ "operations": [{ "op": "set", "key": "a", "value": "1" }, { "op": "get", "key": "a", "ttl": "1s" },
        { "op": "copy", "key": "a", "to_base64": "?" }] });
    let answer = door.post("/v1/cache/batch", operations).await;
    answer.is_problem(400, "http.invalid");
    let pointers =
        [&answer.json()["errors"][0]["pointer"], &answer.json()["errors"][1]["pointer"]].map(ToString::to_string);
    assert_eq!(pointers, ["\"/operations/1/ttl\"", "\"/operations/2/to_base64\""]);
    door.send("GET", "/v1/cache/keys/a", "").await.is_problem(404, "cache.missing");
    let watched = json!({ "operations": [], "atomic": true, "watched": [{ "key": "a", "token_base64": "?" }] });
    let answer = door.post("/v1/cache/batch", watched).await;
    assert_eq!(answer.json()["errors"][0]["pointer"], "/watched/0/token_base64");
}

fn typed(path: &str, content_type: &str, body: &str) -> ::http::Request<http_body_util::Full<bytes::Bytes>> {
    let mut put = request("PUT", path, body.to_owned());
    put.headers_mut().insert("content-type", content_type.parse().unwrap());
    put
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_another_door_wrote_does_not_inherit_a_content_type() {
    let door = Door::cache().await;
    let cache = door.host.cache().unwrap();
    let content_type = async |key: &str| {
        let answer = door.send("GET", &format!("/v1/cache/keys/{key}"), "").await;
        assert_eq!(answer.status, 200);
        answer.headers["content-type"].to_str().unwrap().to_owned()
    };
    for key in ["by-library", "by-batch", "by-append", "by-rename"] {
        let path = format!("/v1/cache/keys/{key}");
        assert_eq!(door.ask(typed(&path, "text/html", "<p>")).await.status, 204);
        assert_eq!(content_type(key).await, "text/html");
    }
    cache.set("by-library", "other").await.unwrap();
    let operations = json!({ "operations": [{ "op": "set", "key": "by-batch", "value": "other" },
        { "op": "append", "key": "by-append", "value": "more" }, { "op": "set", "key": "from", "value": "other" },
        { "op": "rename", "key": "from", "to": "by-rename" }] });
    assert_eq!(door.post("/v1/cache/batch", operations).await.status, 200);
    for key in ["by-library", "by-batch", "by-append", "by-rename"] {
        assert_eq!(content_type(key).await, "application/octet-stream", "{key}");
    }
    // The same bytes again are the value that the type was kept for.
    cache.set("by-library", "<p>").await.unwrap();
    assert_eq!(content_type("by-library").await, "text/html");
    // What was kept by something else, too short to hold a digest, is no type.
    cache.set(b"\0outrigger:type:by-batch", "text/html").await.unwrap();
    assert_eq!(content_type("by-batch").await, "application/octet-stream");
}

#[tokio::test(flavor = "multi_thread")]
async fn size_and_clear_count_no_content_types() {
    let door = Door::cache().await;
    for key in ["a:1", "a:2", "b"] {
        door.ask(typed(&format!("/v1/cache/keys/{key}"), "text/plain", "v")).await;
    }
    door.send("PUT", "/v1/cache/keys/c", "v").await;
    let size = door.send("GET", "/v1/cache/size", "").await.json();
    assert_eq!((&size["entries"], &size["content_types"]), (&json!(4), &json!(3)));
    assert_eq!(door.send("POST", "/v1/cache/clear?prefix=a:", "").await.json()["deleted"], 2);
    assert_eq!(door.host.cache().unwrap().size().await.unwrap().entries, Some(3), "b, its content type, c");
    assert_eq!(door.send("POST", "/v1/cache/clear?all=true", "").await.json()["deleted"], 2);
    assert_eq!(door.host.cache().unwrap().size().await.unwrap().entries, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_no_text_are_listed_and_named_in_base64() {
    let door = Door::cache().await;
    let (binary, other) = (STANDARD.encode([b'p', 0xff]), STANDARD.encode([b'q', 0xfe]));
    door.send("PUT", "/v1/cache/keys/p%FF", "v").await;
    door.send("PUT", "/v1/cache/keys/p", "w").await;
    let page = door.send("GET", "/v1/cache/scan?prefix=p", "").await.json();
    assert_eq!(page, json!({ "keys": ["p"], "keys_base64": [binary], "cursor": null }));
    let copy = json!({ "operations": [{ "op": "copy", "key_base64": binary, "to_base64": other },
        { "op": "token", "key_base64": binary }] });
    let token = door.post("/v1/cache/batch", copy).await.json()["results"][1]["value_base64"].clone();
    assert_eq!(door.send("GET", "/v1/cache/keys/q%FE", "").await.body, "v");
    let group = json!({ "operations": [{ "op": "set", "key_base64": binary, "value": "x" }], "atomic": true,
        "watched": [{ "key_base64": binary, "token_base64": token }] });
    assert_eq!(door.post("/v1/cache/batch", group.clone()).await.json()["ran"], true);
    assert_eq!(door.post("/v1/cache/batch", group).await.json()["ran"], false);
}
