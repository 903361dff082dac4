//! A partition for each month: made before its events come, dropped whole when its time is over.

use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use outrigger_plugin_api::sdk::ProviderError;
use tokio_postgres::Error;

use super::Store;
use crate::{fault, link::Lease, month::Month};

/// The months that have a partition.
pub(super) type Months = BTreeSet<Month>;

/// How far back a month gets a partition of its own, in months: ten years. Earlier events share one, so that a client
/// with a broken clock can't make partitions without end.
const BACK_MAX: u32 = 120;

/// How far ahead: the next month, whose first events may come from a clock that is fast.
const AHEAD: u32 = 1;

/// How long a change of partitions waits for those who read: everybody else waits behind it meanwhile.
const LOCK_TIMEOUT: &str = "SET LOCAL lock_timeout = '2s'";

impl Store {
    /// Makes the partitions of these months that want one and have none.
    pub(super) async fn make_months(
        &self,
        lease: &Lease<'_>,
        wanted: impl Iterator<Item = Month>,
    ) -> Result<(), ProviderError> {
        let this = Month::of(SystemTime::now());
        let kept = self.retention.map_or(Duration::MAX, |kept| kept.0);
        let first = this.minus(BACK_MAX).max(Month::before(SystemTime::now(), kept));
        let missing: BTreeSet<Month> = {
            let known = self.known();
            let wants = |month: &Month| (first..=this.plus(AHEAD)).contains(month);
            wanted.filter(wants).filter(|month| known.as_ref().is_none_or(|known| !known.contains(month))).collect()
        };
        for month in missing {
            self.alone(lease, &self.making(month)).await.map_err(|error| fault::running(&error))?;
            self.known().get_or_insert_default().insert(month);
        }
        Ok(())
    }

    /// Drops the partitions of the months before this one, and removes what is older from the shared one.
    pub(super) async fn drop_before(&self, lease: &Lease<'_>, first: Month) -> Result<(), ProviderError> {
        let said = |error: Error| fault::running(&error);
        let months = self.read_months(lease).await.map_err(said)?;
        for month in months.range(..first) {
            let text = format!("DROP TABLE IF EXISTS $schema.event_{}", month.suffix());
            self.alone(lease, &self.schema.sql(&text)).await.map_err(said)?;
            self.known().get_or_insert_default().remove(month);
        }
        let text = format!("DELETE FROM $schema.event_other WHERE ts < '{first}'");
        self.alone(lease, &self.schema.sql(&text)).await.map_err(said)
    }

    /// Reads which months have a partition.
    pub(super) async fn read_months(&self, lease: &Lease<'_>) -> Result<Months, Error> {
        let text = "SELECT c.relname::text FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
                    WHERE inhparent = '$schema.event'::regclass";
        let rows = lease.client.query(&self.schema.sql(text), &[]).await?;
        let month = |row: &tokio_postgres::Row| Month::of_suffix(row.get::<_, &str>(0).strip_prefix("event_")?);
        Ok(rows.iter().filter_map(month).collect())
    }

    /// Attached, not made as a part: that holds up no reader. Events that came too early for it move over.
    fn making(&self, month: Month) -> String {
        let (schema, name) = (&self.schema.name, format!("event_{}", month.suffix()));
        let table = format!("$schema.{name}");
        let (from, to) = (month, month.plus(1));
        self.schema.sql(&format!(
            "DO $make$ BEGIN IF NOT EXISTS (SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                                             WHERE nspname = '{schema}' AND relname = '{name}') THEN
                 CREATE TABLE {table} (LIKE $schema.event INCLUDING DEFAULTS INCLUDING CONSTRAINTS);
                 WITH early AS (DELETE FROM $schema.event_other WHERE ts >= '{from}' AND ts < '{to}' RETURNING *)
                 INSERT INTO {table} SELECT * FROM early;
                 ALTER TABLE $schema.event ATTACH PARTITION {table} FOR VALUES FROM ('{from}') TO ('{to}');
             END IF; END $make$"
        ))
    }

    /// Runs one statement in a transaction under the writers' lock.
    async fn alone(&self, lease: &Lease<'_>, statement: &str) -> Result<(), Error> {
        let text = format!("{}; {LOCK_TIMEOUT}; {statement}; COMMIT", self.schema.begin());
        let done = lease.client.batch_execute(&text).await;
        if done.is_err() {
            // What failed was not committed; the connection is to be as it was.
            lease.client.batch_execute("ROLLBACK").await?;
        }
        done
    }
}
