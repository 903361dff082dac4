//! The OpenAPI document, made from the table of routes and the models' schemas.

use axum::Json;
use outrigger_plugin_api::sdk::{analytics, monitoring};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::{
    batch, cache,
    routes::{ALL, Body, Operation, Route},
};

/// Returns the document.
pub fn document() -> Value {
    let mut generator = SchemaSettings::openapi3().into_generator();
    let mut schemas = schemas(&mut generator);
    let paths: Map<String, Value> = ALL.iter().map(|route| (path(route), methods(route))).collect();
    for (name, schema) in generator.take_definitions(true) {
        schemas.insert(name, schema);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Outrigger",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Cache, monitoring and analytics through one door. Errors are RFC 9457 problem documents.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
        },
        "security": [{}, { "token": [] }],
    })
}

pub(super) async fn serve() -> Json<Value> {
    Json(document())
}

fn schemas(generator: &mut SchemaGenerator) -> Map<String, Value> {
    let mut schemas = Map::new();
    let mut add = |name: &str, schema: schemars::Schema| drop(schemas.insert(name.to_owned(), schema.to_value()));
    add("Expire", cache::Expire::json_schema(generator));
    add("Increment", cache::Increment::json_schema(generator));
    add("Batch", batch::Batch::json_schema(generator));
    add("MonitoringEvent", monitoring::Event::json_schema(generator));
    add("AnalyticsEvent", analytics::Event::json_schema(generator));
    let events =
        json!({ "type": "array", "maxItems": 5000, "items": { "$ref": "#/components/schemas/AnalyticsEvent" } });
    schemas.insert(
        "AnalyticsBatch".into(),
        json!({ "type": "object", "required": ["batch"], "properties": { "batch": events } }),
    );
    schemas.insert(
        "Query".into(),
        json!({ "type": "object", "required": ["query"], "properties": {
        "query": { "type": "string" }, "provider": { "type": ["string", "null"] } } }),
    );
    schemas.insert(
        "Problem".into(),
        json!({ "type": "object", "required": ["type", "title", "status", "detail", "code"],
        "properties": { "type": { "type": "string" }, "title": { "type": "string" }, "status": { "type": "integer" },
            "detail": { "type": "string" }, "code": { "type": "string" }, "retry_after_ms": { "type": "integer" } } }),
    );
    schemas
}

/// OpenAPI has no name for a parameter that takes the rest of a path: its slashes are sent as `%2F` or as they are.
fn path(route: &Route) -> String {
    route.path.replace("{*key}", "{key}")
}

fn methods(route: &Route) -> Value {
    let key = route.path.contains("{*key}").then(|| {
        json!({ "name": "key", "in": "path", "required": true, "schema": { "type": "string" },
            "description": "The key, percent-encoded; any bytes" })
    });
    let methods =
        route.operations.iter().map(|operation| (operation.method.to_owned(), described(operation, key.as_ref())));
    Value::Object(methods.collect())
}

fn described(operation: &Operation, key: Option<&Value>) -> Value {
    let query = operation.query.iter().map(
        |(name, about)| json!({ "name": name, "in": "query", "schema": { "type": "string" }, "description": about }),
    );
    let parameters: Vec<_> = key.cloned().into_iter().chain(query).collect();
    let answers = operation.answers.iter().map(|(status, about)| (status.to_string(), json!({ "description": about })));
    let problem = json!({ "description": "What went wrong",
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } } });
    let responses: Map<_, _> = answers.chain([("default".to_owned(), problem)]).collect();
    let mut described = json!({ "summary": operation.summary, "parameters": parameters, "responses": responses });
    let content = match operation.body {
        Body::None => None,
        Body::Bytes => Some(json!({ "*/*": { "schema": { "type": "string", "format": "binary" } } })),
        Body::Json(name) => {
            Some(json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{name}") } } }))
        }
    };
    if let (Some(content), Some(object)) = (content, described.as_object_mut()) {
        object.insert("requestBody".into(), json!({ "required": true, "content": content }));
    }
    described
}
