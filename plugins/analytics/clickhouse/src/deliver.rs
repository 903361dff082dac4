//! Sends rows in inserts that the server can recognise, and makes the table where there is none.

use std::fmt::Write;

use outrigger_plugin_api::sdk::{
    Countdown, ErrorKind, ProviderError,
    http::{Http, Request},
    sink::{Tally, Verdict},
};
use uuid::Uuid;

use crate::{
    answer::{self, Fault},
    row::{COLUMNS, Row},
    settings::Settings,
};

/// Most rows of an insert: what the manifest's batch holds, so mostly one insert a batch.
const ROWS_MAX: usize = 10_000;

/// Most bytes of an insert before compression: a batch of the manifest's size with the names of the columns around it.
const BODY_BYTES_MAX: usize = 16 << 20;

/// Most months in one insert: the server's own default (`max_partitions_per_insert_block`), beyond which it refuses.
const MONTHS_MAX: usize = 100;

/// Names inserts by the ids in them. Chosen once at random; changing it would write retried inserts twice.
const INSERTS: Uuid = Uuid::from_u128(0x8e1f_52c7_0b94_4d6a_9a3e_71c5_d0c4_0003);

/// What each insert asks of the server, whatever its user's profile says:
/// - answer once all is written, not while it is being written;
/// - write now, where newer servers gather inserts by default: the answer has to mean that the rows are stored, and whether
///   a gathered insert is recognised as a repeat depends on version and settings. The host has gathered already;
/// - read the times as RFC 3339;
/// - refuse a row it can't read instead of skipping it in silence.
const ASKED: &str = "&wait_end_of_query=1&async_insert=0&date_time_input_format=best_effort\
                     &input_format_allow_errors_num=0&input_format_allow_errors_ratio=0";

/// The delivery of one batch.
pub(crate) struct Delivery<'d> {
    pub(crate) http: &'d Http,
    pub(crate) settings: &'d Settings,
    pub(crate) countdown: Countdown,
}

impl Delivery<'_> {
    /// Sends the rows, in order, and notes what becomes of their records. After an insert that fails none is begun.
    pub(crate) async fn run(self, rows: Vec<Row>, tally: &mut Tally) {
        for insert in inserts(rows) {
            if tally.is_stopped() || self.countdown.is_over() {
                return;
            }
            let places = insert.iter().map(|row| row.record);
            match self.insert(&insert).await {
                Ok(verdict) => places.for_each(|place| tally.answer(place, verdict.clone())),
                // The server names a row, but not always the first at fault: of several the host looks for it.
                Err(error) if error.kind == ErrorKind::Invalid && insert.len() == 1 => {
                    places.for_each(|place| tally.answer(place, Verdict::Rejected(error.message.clone())));
                }
                Err(error) => tally.stop(places, error),
            }
        }
    }

    async fn insert(&self, rows: &[Row]) -> Result<Verdict, ProviderError> {
        let request = self.rows(rows);
        match self.ask(request.clone()).await? {
            Err(fault) if fault.is_no_table() && self.settings.create_table => {
                self.ask(self.table()).await?.map_err(Fault::into_error)?;
                self.ask(request).await?.map_err(Fault::into_error)
            }
            done => done.map_err(Fault::into_error),
        }
        .map(|written| answer::verdict(written, rows.len()))
    }

    /// Returns the number of rows that the server says it wrote, where it says so.
    ///
    /// # Errors
    /// Of the outer one: no answer. Of the inner one: what the server said.
    async fn ask(&self, request: Request) -> Result<Result<Option<u64>, Fault>, ProviderError> {
        let answer = self.http.send(request.timeout(self.countdown.left())).await?;
        Ok(answer::read(&answer.without(self.settings.password.as_deref().unwrap_or_default())))
    }

    fn rows(&self, rows: &[Row]) -> Request {
        let query = format!("INSERT INTO {} ({COLUMNS}) FORMAT JSONEachRow", self.settings.target());
        let token = format!("&insert_deduplication_token={}", token(rows));
        let body: Vec<u8> = rows.iter().flat_map(|row| row.json.iter().copied()).collect();
        // Besides the bytes saved, the end that gzip marks tells the server that it has the whole body: a part of the rows must
        // not be remembered under the token of all.
        self.request(&query, &[ASKED, &token].concat()).body(body).compressed()
    }

    fn table(&self) -> Request {
        let query = include_str!("deliver/table.sql").replace("$table", &self.settings.target());
        self.request("", "&wait_end_of_query=1").body(query)
    }

    /// Returns a request by this user. Credentials stand in headers, because URLs end up in logs.
    fn request(&self, query: &str, more: &str) -> Request {
        let database = &self.settings.database;
        let mut url = format!("{}/?database={database}{more}", self.settings.url.trim_end_matches('/'));
        if !query.is_empty() {
            url.push_str("&query=");
            encode(query, &mut url);
        }
        let request = Request::post(url).header("x-clickhouse-user", &self.settings.user);
        match &self.settings.password {
            Some(password) => request.header("x-clickhouse-key", password),
            None => request,
        }
    }
}

/// Splits rows, in order, within the bounds of rows, bytes and months.
fn inserts(rows: Vec<Row>) -> Vec<Vec<Row>> {
    let (mut inserts, mut insert, mut bytes) = (Vec::new(), Vec::new(), 0);
    let mut months = std::collections::BTreeSet::new();
    for row in rows {
        let one_too_many = months.len() == MONTHS_MAX && !months.contains(&row.month);
        if insert.len() == ROWS_MAX || bytes + row.json.len() > BODY_BYTES_MAX || one_too_many {
            inserts.push(std::mem::take(&mut insert));
            (bytes, months) = (0, std::collections::BTreeSet::new());
        }
        bytes += row.json.len();
        months.insert(row.month.clone());
        insert.push(row);
    }
    if !insert.is_empty() {
        inserts.push(insert);
    }
    inserts
}

/// Returns the name of an insert: the same rows in the same order have the same.
fn token(rows: &[Row]) -> Uuid {
    let ids: Vec<u8> = rows.iter().flat_map(|row| *row.id.as_bytes()).collect();
    Uuid::new_v5(&INSERTS, &ids)
}

/// Adds a text as the value of a query's parameter.
fn encode(text: &str, url: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            url.push(byte.into());
        } else {
            // Writing to a text can't fail.
            let _ = write!(url, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests;
