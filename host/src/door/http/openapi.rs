//! The OpenAPI document, made from the table of routes and the models' schemas.

use axum::Json;
use serde_json::{Map, Value, json};

use super::routes::{Answer, Body, Operation, Route, all};

mod schemas;

/// Returns the document.
pub fn document() -> Value {
    let paths: Map<String, Value> = all().map(|route| (path(route), methods(route))).collect();
    json!({
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Outrigger",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Cache, monitoring and analytics through one door. Errors are RFC 9457 problem documents.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas::all(),
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
        "security": [{}, { "token": [] }],
    })
}

pub(super) async fn serve() -> Json<Value> {
    Json(document())
}

/// OpenAPI has no name for a parameter that takes the rest of a path: its slashes are sent as `%2F` or as they are.
fn path(route: &Route) -> String {
    route.path.replace("{*key}", "{key}")
}

fn methods(route: &Route) -> Value {
    let names = [
        ("{*key}", "key", "The key, percent-encoded; any bytes"),
        ("{id}", "id", "A UUID"),
        ("{user_id}", "user_id", "A user id or an anonymous id, percent-encoded"),
        ("{provider}", "provider", "A provider's name in plugins.toml"),
    ];
    let named = names.into_iter().find(|(pattern, ..)| route.path.contains(pattern));
    let key = named.map(|(_, name, about)| {
        json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" }, "description": about })
    });
    let described = |operation: &Operation| (operation.method.to_owned(), described(route, operation, key.as_ref()));
    Value::Object(route.operations.iter().map(described).collect())
}

fn described(route: &Route, operation: &Operation, key: Option<&Value>) -> Value {
    let query = operation.query.iter().map(
        |(name, about)| json!({ "name": name, "in": "query", "schema": { "type": "string" }, "description": about }),
    );
    let headers = operation.headers.iter().map(
        |(name, about)| json!({ "name": name, "in": "header", "schema": { "type": "string" }, "description": about }),
    );
    let parameters: Vec<_> = key.cloned().into_iter().chain(query).chain(headers).collect();
    let mut problem = json!({ "description": "What went wrong" });
    // An answer to HEAD has no body (RFC 9110 §9.3.2).
    if operation.method != "head" {
        let schema = reference("Problem");
        insert(&mut problem, "content", json!({ "application/problem+json": { "schema": schema } }));
    }
    let Answer { status, about, body } = operation.answer;
    let mut success = json!({ "description": about });
    if let Some(content) = content(body) {
        insert(&mut success, "content", content);
    }
    let parts: Vec<_> = path(route).split('/').filter(|part| !matches!(*part, "" | "v1" | "{key}")).map(word).collect();
    let mut described = json!({
        "operationId": format!("{}_{}", operation.method, parts.join("_")),
        "tags": [parts.first()],
        "summary": operation.summary,
        "parameters": parameters,
        "responses": { status.to_string(): success, "default": problem },
    });
    if let Some(content) = content(operation.body) {
        insert(&mut described, "requestBody", json!({ "required": true, "content": content }));
    }
    described
}

fn content(body: Body) -> Option<Value> {
    match body {
        Body::None => None,
        // A media type without a schema is any bytes (OpenAPI 3.1 §4.8.14.3).
        Body::Bytes => Some(json!({ "*/*": {} })),
        Body::Lines(name) => Some(json!({ "application/x-ndjson": { "schema": reference(name) } })),
        Body::Json(name) => Some(json!({ "application/json": { "schema": reference(name) } })),
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// Returns the part of a path without its ending: `openapi.json` is `openapi`, and `{id}` is `by_id`.
fn word(part: &str) -> String {
    match part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(name) => format!("by_{name}"),
        None => part.split('.').next().unwrap_or_default().to_owned(),
    }
}

fn insert(object: &mut Value, name: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

#[cfg(test)]
mod tests;
