//! The schemas of what routes take and answer, in the dialect of OpenAPI 3.1: JSON Schema 2020-12.

use outrigger_plugin_api::sdk::{
    analytics::{self, query},
    monitoring,
};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::{
    super::{accepted, answer, batch, cache, delivery, fault::Fault, question},
    reference,
};
use crate::deliver::{DeadLetter, JournalStatus, Receipt, ReplayProgress};

/// Returns every schema by its name.
pub(super) fn all() -> Map<String, Value> {
    let mut schemas = Map::new();
    // What is read and what is written differ: a member that may be absent in a body is always there in an answer.
    let mut bodies = settings().for_deserialize().into_generator();
    add::<cache::Expire>(&mut schemas, "Expire", &mut bodies);
    add::<cache::Increment>(&mut schemas, "Increment", &mut bodies);
    add::<batch::Batch>(&mut schemas, "Batch", &mut bodies);
    add::<delivery::ReplayAsked>(&mut schemas, "ReplayAsked", &mut bodies);
    add::<delivery::Which>(&mut schemas, "Which", &mut bodies);
    add::<query::Question>(&mut schemas, "Question", &mut bodies);
    add::<question::ExportAsked>(&mut schemas, "ExportAsked", &mut bodies);
    events(&mut schemas, &mut bodies);
    schemas.extend(bodies.take_definitions(true));
    let mut asked = ["Question", "Filter"].map(|name| schemas.remove(name).unwrap_or_default());
    question::schema(&mut asked);
    schemas.extend(["Question", "Filter"].map(str::to_owned).into_iter().zip(asked));
    let mut answers = settings().for_serialize().into_generator();
    add::<answer::Remaining>(&mut schemas, "Remaining", &mut answers);
    add::<answer::Sum>(&mut schemas, "Sum", &mut answers);
    add::<answer::Page>(&mut schemas, "Page", &mut answers);
    add::<answer::Cleared>(&mut schemas, "Cleared", &mut answers);
    add::<answer::Filled>(&mut schemas, "Filled", &mut answers);
    add::<answer::Ran>(&mut schemas, "Ran", &mut answers);
    add::<Fault>(&mut schemas, "Fault", &mut answers);
    add::<accepted::Kept>(&mut schemas, "Kept", &mut answers);
    add::<Receipt>(&mut schemas, "Receipt", &mut answers);
    add::<JournalStatus>(&mut schemas, "JournalStatus", &mut answers);
    add::<ReplayProgress>(&mut schemas, "Replay", &mut answers);
    add::<DeadLetter>(&mut schemas, "DeadLetter", &mut answers);
    add::<query::Answer>(&mut schemas, "Answer", &mut answers);
    add::<query::StoredEvent>(&mut schemas, "StoredEvent", &mut answers);
    add::<question::Removed>(&mut schemas, "Removed", &mut answers);
    add::<delivery::Letters>(&mut schemas, "LettersOf", &mut answers);
    schemas.extend(answers.take_definitions(true));
    by_hand(&mut schemas);
    schemas
}

fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = "/components/schemas".into())
}

fn add<T: JsonSchema>(schemas: &mut Map<String, Value>, name: &str, generator: &mut SchemaGenerator) {
    schemas.insert(name.to_owned(), T::json_schema(generator).to_value());
}

/// Events: each route knows its sort, so its body needs no `type`; those of a batch do.
fn events(schemas: &mut Map<String, Value>, generator: &mut SchemaGenerator) {
    let analytics = analytics::Event::json_schema(generator).to_value();
    let sorts = [("track", "Track"), ("identify", "Identify"), ("page", "PageView"), ("screen", "ScreenView")];
    for (sort, name) in sorts.into_iter().chain([("group", "Group"), ("alias", "Alias")]) {
        schemas.insert(name.to_owned(), variant(&analytics, sort, &[]));
    }
    schemas.insert("AnalyticsEvent".into(), analytics);
    let monitoring = monitoring::Event::json_schema(generator).to_value();
    let short = json!({ "type": "object", "required": ["message"], "description": "One exception.", "properties": {
        "message": { "type": "string" }, "error_type": { "type": "string", "default": "Error" } } });
    schemas.insert("Error".into(), json!({ "anyOf": [variant(&monitoring, "error", &[]), short] }));
    schemas.insert("NamedEvent".into(), variant(&monitoring, "event", &[]));
    schemas.insert("LogLine".into(), variant(&monitoring, "log", &[]));
    schemas.insert("TimedRequest".into(), variant(&monitoring, "span", &["operation"]));
}

/// Returns the variant of a tagged model without its tag; the door adds what `optional` names.
fn variant(model: &Value, sort: &str, optional: &[&str]) -> Value {
    let is_it = |schema: &&Value| schema.pointer("/properties/type/const").and_then(Value::as_str) == Some(sort);
    let mut schema = model.get("oneOf").and_then(Value::as_array).and_then(|all| all.iter().find(is_it)).cloned();
    let object = schema.as_mut().and_then(Value::as_object_mut);
    if let Some(object) = object {
        if let Some(Value::Object(properties)) = object.get_mut("properties") {
            properties.remove("type");
        }
        if let Some(Value::Array(required)) = object.get_mut("required") {
            required.retain(|name| name != "type" && !optional.iter().any(|absent| name == absent));
        }
    }
    schema.unwrap_or_default()
}

/// What no type of the door describes.
fn by_hand(schemas: &mut Map<String, Value>) {
    let mut add = |name: &str, schema: Value| drop(schemas.insert(name.to_owned(), schema));
    let events = json!({ "type": "array", "maxItems": 5000, "items": reference("AnalyticsEvent") });
    add("AnalyticsBatch", json!({ "type": "object", "required": ["batch"], "properties": { "batch": events } }));
    add("Document", json!({ "type": "object", "required": ["openapi", "info", "paths"] }));
    let text = json!({ "type": "string" });
    let count = json!({ "type": "integer", "minimum": 0 });
    add(
        "LetterPage",
        json!({ "type": "object", "required": ["provider", "count", "letters"], "properties": {
            "provider": text, "count": count, "letters": { "type": "array", "items": { "allOf": [
                reference("DeadLetter"),
                { "type": "object", "required": ["number"], "properties": { "number": count } },
            ] } } } }),
    );
    add("Purged", json!({ "type": "object", "required": ["purged"], "properties": { "purged": count } }));
    add(
        "Verified",
        json!({ "type": "object", "required": ["records", "bytes", "damaged"], "properties": {
            "records": count, "bytes": count, "damaged": count } }),
    );
    add("Letters", json!({ "type": "array", "items": reference("LettersOf") }));
    add(
        "Problem",
        json!({ "type": "object", "required": ["type", "title", "status", "detail", "code"], "properties": {
            "type": { "const": "about:blank" }, "title": text, "status": { "type": "integer" }, "detail": text,
            "code": text, "retry_after_ms": count,
            "errors": { "type": "array", "items": reference("Fault") } } }),
    );
}
