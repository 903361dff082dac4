//! The document that programs read is current, and the router keeps its word.

use std::path::Path;

use outrigger::door::http::openapi;

use super::{CACHE, Door, options};

#[test]
fn the_document_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference/openapi.json");
    let document = format!("{:#}\n", openapi());
    if std::env::var_os("OUTRIGGER_UPDATE").is_some() {
        std::fs::write(&path, &document).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == document, "docs/reference/openapi.json is stale; run the test with OUTRIGGER_UPDATE=1");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_router_takes_every_path_and_method_of_the_document() {
    let door = Door::open(CACHE, &["cache_memory"], options()).await;
    let document = openapi();
    let mut asked = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let answer = door
                .send(
                    &method.to_uppercase(),
                    &path
                        .replace("{key}", "k")
                        .replace("{id}", "i")
                        .replace("{user_id}", "u")
                        .replace("{provider}", "p"),
                    "{}",
                )
                .await;
            // A missing key and an absent kind are 404 too: the code tells which.
            let code = serde_json::from_slice::<serde_json::Value>(&answer.body).unwrap_or_default();
            assert_ne!(code["code"], "http.no_such_route", "{method} {path}");
            assert_ne!(answer.status, 405, "{method} {path}");
            asked += 1;
        }
    }
    assert!(asked > 20, "only {asked} operations");
    assert_eq!(door.send("GET", "/openapi.json", "").await.json(), document);
}

#[test]
fn every_reference_leads_somewhere() {
    let document = openapi();
    let text = document.to_string();
    let targets: Vec<_> = text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(targets.len() > 10);
    for target in targets {
        assert!(document.pointer(target).is_some(), "{target}");
    }
}
