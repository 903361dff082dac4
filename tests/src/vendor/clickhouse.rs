//! ClickHouse's HTTP interface, as far as `CREATE TABLE` and `INSERT … FORMAT JSONEachRow` go.
//!
//! Rules as in its documentation of 2026-11 and as the engine of 26.9 answers: credentials in headers, one exception code a
//! fault, an insert that is written whole or not at all, its token remembered, rows of one sort key replaced.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;
use uuid::Uuid;

use super::{Answer, Request, Vendor};

/// The password of the user `default`.
pub const PASSWORD: &str = "ch-canary-0123456789abcdef";

/// How many inserts a table remembers: the plugin's `non_replicated_deduplication_window`.
const TOKENS_MAX: usize = 1_000;

/// `max_partitions_per_insert_block`.
const MONTHS_MAX: usize = 100;

/// The settings it knows.
const SETTINGS: &[&str] = &[
    "async_insert",
    "date_time_input_format",
    "input_format_allow_errors_num",
    "input_format_allow_errors_ratio",
    "insert_deduplication_token",
    "wait_end_of_query",
];

/// A table.
#[derive(Debug, Default)]
pub struct Table {
    /// The rows it was given, in order, repeats included.
    pub rows: Vec<Value>,
    tokens: VecDeque<String>,
}

/// What the server has, and what it is short of.
#[derive(Debug, Default)]
pub struct Server {
    /// The tables of the database `default`.
    pub tables: BTreeMap<String, Table>,
    /// A name that a constraint forbids.
    pub forbidden: Option<String>,
    /// Says the user may not make tables.
    pub may_not_create: bool,
}

/// A running server.
#[derive(Debug)]
pub struct ClickHouse {
    /// The server.
    pub vendor: Vendor,
    server: Arc<Mutex<Server>>,
}

impl ClickHouse {
    /// Starts a server without tables.
    pub async fn start() -> Self {
        let server = Arc::new(Mutex::new(Server::default()));
        let own = server.clone();
        Self { vendor: Vendor::start(move |request| answer(request, &mut lock(&own))).await, server }
    }

    /// Returns the server, to look at or to change.
    pub fn server(&self) -> MutexGuard<'_, Server> {
        lock(&self.server)
    }

    /// Answers as it does by itself.
    pub fn answer(&self, request: &Request) -> Answer {
        answer(request, &mut self.server())
    }

    /// Returns the ids that `SELECT id FROM table FINAL` returns, in the order they came.
    pub fn ids(&self, table: &str) -> Vec<Uuid> {
        let server = self.server();
        let rows = server.tables.get(table).map_or(&[][..], |table| &table.rows);
        let mut seen = BTreeSet::new();
        let kept = rows.iter().filter(|row| seen.insert(sort_key(row)));
        kept.filter_map(|row| text(row, "id")?.parse().ok()).collect()
    }
}

fn lock(server: &Mutex<Server>) -> MutexGuard<'_, Server> {
    server.lock().unwrap_or_else(PoisonError::into_inner)
}

fn text<'r>(row: &'r Value, column: &str) -> Option<&'r str> {
    row.get(column)?.as_str()
}

/// `ORDER BY (project, toDate(ts), name, cityHash64(uid), id)`.
fn sort_key(row: &Value) -> Vec<String> {
    let date = text(row, "ts").unwrap_or_default().chars().take(10).collect();
    let columns = ["project", "name", "uid", "id"].map(|column| text(row, column).unwrap_or_default().to_owned());
    columns.into_iter().chain([date]).collect()
}

/// Returns an exception as the server writes it.
pub fn exception(status: u16, code: u32, what: &str) -> Answer {
    let body = format!("Code: {code}. DB::Exception: {what} (version 26.9.2.1)\n");
    Answer::new(status, body).header("x-clickhouse-exception-code", &code.to_string())
}

fn answer(request: &Request, server: &mut Server) -> Answer {
    if request.header("x-clickhouse-user") != Some("default") || request.header("x-clickhouse-key") != Some(PASSWORD) {
        let said = request.header("x-clickhouse-key").unwrap_or_default();
        // The real one does not repeat the password; one in between might.
        return exception(403, 516, &format!("default: Authentication failed: password {said} is incorrect."));
    }
    let mut parameters = parameters(&request.query);
    if parameters.remove("database").as_deref().unwrap_or("default") != "default" {
        return exception(404, 81, "Database does not exist. (UNKNOWN_DATABASE)");
    }
    let mut query = parameters.remove("query").unwrap_or_default();
    if let Some(setting) = parameters.keys().find(|name| !SETTINGS.contains(&name.as_str())) {
        return exception(404, 115, &format!("Unknown setting '{setting}'. (UNKNOWN_SETTING)"));
    }
    let done = if query.starts_with("INSERT INTO ") {
        insert(&query, &parameters, &request.body, server)
    } else {
        query.push_str(&String::from_utf8_lossy(&request.body));
        create(&query, server)
    };
    let written = match done {
        Ok(written) => written,
        Err(answer) => return answer,
    };
    let summary =
        format!("{{\"read_rows\":\"{written}\",\"written_rows\":\"{written}\",\"result_rows\":\"{written}\"}}");
    Answer::new(200, "").header("x-clickhouse-summary", &summary)
}

fn create(query: &str, server: &mut Server) -> Result<usize, Answer> {
    let name = query.strip_prefix("CREATE TABLE IF NOT EXISTS \"default\".\"").and_then(|rest| rest.split_once("\"\n"));
    let Some((name, body)) = name else { return Err(exception(400, 62, "Syntax error (SYNTAX_ERROR)")) };
    assert!(body.contains("ReplacingMergeTree(received_at)"), "{body}");
    if server.may_not_create {
        return Err(exception(403, 497, "default: Not enough privileges. (ACCESS_DENIED)"));
    }
    server.tables.entry(name.to_owned()).or_default();
    Ok(0)
}

fn insert(query: &str, settings: &BTreeMap<String, String>, body: &[u8], server: &mut Server) -> Result<usize, Answer> {
    let parts = query.strip_prefix("INSERT INTO \"default\".\"").and_then(|rest| {
        let (table, rest) = rest.split_once("\" (")?;
        Some((table, rest.strip_suffix(") FORMAT JSONEachRow")?))
    });
    let Some((name, columns)) = parts else { return Err(exception(400, 62, "Syntax error (SYNTAX_ERROR)")) };
    let missing = || exception(404, 60, &format!("Table default.{name} does not exist. (UNKNOWN_TABLE)"));
    let table = server.tables.get_mut(name).ok_or_else(missing)?;
    let is_best_effort = settings.get("date_time_input_format").is_some_and(|format| format == "best_effort");
    let mut rows = Vec::new();
    for (place, line) in body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).enumerate() {
        let row: Value = serde_json::from_slice(line)
            .map_err(|_| exception(400, 27, &format!("Cannot parse input (at row {}). (…)", place + 1)))?;
        read(&row, columns, is_best_effort)
            .map_err(|(code, what)| exception(400, code, &format!("{what} (at row {})", place + 1)))?;
        if server.forbidden.as_deref().is_some_and(|name| text(&row, "name") == Some(name)) {
            return Err(exception(400, 469, "Constraint `named` is violated. (VIOLATED_CONSTRAINT)"));
        }
        rows.push(row);
    }
    let month = |row: &Value| text(row, "ts").unwrap_or_default().chars().take(7).collect::<String>();
    if rows.iter().map(month).collect::<BTreeSet<_>>().len() > MONTHS_MAX {
        return Err(exception(500, 252, "Too many partitions for single INSERT block (more than 100)"));
    }
    if let Some(token) = settings.get("insert_deduplication_token") {
        if table.tokens.contains(token) {
            return Ok(0);
        }
        table.tokens.push_back(token.clone());
        if table.tokens.len() > TOKENS_MAX {
            table.tokens.pop_front();
        }
    }
    let written = rows.len();
    table.rows.extend(rows);
    Ok(written)
}

/// Reads a row as the table's types do.
fn read(row: &Value, columns: &str, is_best_effort: bool) -> Result<(), (u32, String)> {
    let Some(values) = row.as_object() else { return Err((27, "expected an object".into())) };
    let mut listed: Vec<&str> = columns.split(", ").collect();
    listed.sort_unstable();
    let mut given: Vec<&str> = values.keys().map(String::as_str).collect();
    given.sort_unstable();
    if given != listed {
        return Err((117, format!("fields {given:?} are not the columns {listed:?}")));
    }
    for (column, value) in values {
        let Some(text) = value.as_str() else { return Err((26, format!("{column} is no text: {value}"))) };
        let is_read = match column.as_str() {
            "id" => Uuid::parse_str(text).is_ok(),
            "ts" | "received_at" => {
                is_best_effort && text.len() == "2026-11-23T00:00:00.000Z".len() && text < "2149-06-07"
            }
            _ => true,
        };
        if !is_read {
            return Err((41, format!("Cannot parse {text}: (while reading the value of key {column})")));
        }
    }
    Ok(())
}

/// Returns the parameters of a query, decoded.
fn parameters(query: &str) -> BTreeMap<String, String> {
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), decoded(value))).collect()
}

fn decoded(value: &str) -> String {
    let mut bytes = Vec::new();
    let mut parts = value.split('%');
    bytes.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
    for part in parts {
        let (code, rest) = part.split_at_checked(2).unwrap_or(("3F", part));
        bytes.push(u8::from_str_radix(code, 16).unwrap_or(b'?'));
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
