//! LogRocket's User Identification API: one address a user, traits that replace those of the same name.
//!
//! Rules as documented, read 2026-11-22.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};

use super::{Answer, Request, Vendor};

/// The key of the app `acme/shop`.
pub const API_KEY: &str = "acme:shop:Zk3tVq81";

/// A running API.
#[derive(Debug)]
pub struct LogRocket {
    /// The server.
    pub vendor: Vendor,
    users: Arc<Mutex<BTreeMap<String, Value>>>,
}

impl LogRocket {
    /// Starts the API without users.
    pub async fn start() -> Self {
        let users: Arc<Mutex<BTreeMap<String, Value>>> = Arc::default();
        let book = users.clone();
        Self { vendor: Vendor::start(move |request| answer(request, &book)).await, users }
    }

    /// Returns the users by id as it stands in the path.
    pub fn users(&self) -> BTreeMap<String, Value> {
        self.users.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn answer(request: &Request, book: &Mutex<BTreeMap<String, Value>>) -> Answer {
    if request.header("authorization") != Some(&format!("token {API_KEY}")) {
        return Answer::json(401, &json!({ "error": "invalid API key" }));
    }
    let user = request.path.strip_prefix("/v1/orgs/acme/apps/shop/users/");
    let Some(user) = user.filter(|user| !user.is_empty() && !user.contains('/')) else {
        return Answer::json(404, &json!({ "error": "not found" }));
    };
    if request.method != "PUT" {
        return Answer::new(405, "");
    }
    let Value::Object(traits) = request.json() else { return Answer::json(400, &json!({ "error": "no object" })) };
    let known = |(name, value): (&String, &Value)| match name.as_str() {
        "name" | "email" => value.is_string(),
        "traits" => value.is_object(),
        _ => false,
    };
    if !traits.iter().all(known) {
        return Answer::json(400, &json!({ "error": "unknown field" }));
    }
    let mut book = book.lock().unwrap_or_else(PoisonError::into_inner);
    let user = book.entry(user.to_owned()).or_insert_with(|| json!({}));
    if let Some(user) = user.as_object_mut() {
        user.extend(traits);
    }
    Answer::json(200, user)
}
