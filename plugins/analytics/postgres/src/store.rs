//! Writes batches, each in one transaction and one round trip, and sees to the months.

mod months;

use std::sync::{Arc, Mutex, PoisonError};

use outrigger_plugin_api::sdk::{HumanDuration, ProviderError};
use tokio::sync::Semaphore;
use tokio_postgres::Error;

use crate::{
    fault,
    link::{self, Lease, Link},
    month::Month,
    row::Columns,
    schema::Schema,
    settings::Settings,
};
use months::Months;

/// The database.
pub(crate) struct Store {
    link: Link,
    pub(crate) schema: Schema,
    /// Places for questions.
    pub(crate) questions: Arc<Semaphore>,
    insert: String,
    retention: Option<HumanDuration>,
    /// The months known to have a partition; nothing until the tables are known to be there.
    months: Mutex<Option<Months>>,
}

impl Store {
    /// Makes a store; nothing is dialled.
    ///
    /// # Errors
    /// `settings`.
    pub(crate) fn new(settings: &Settings) -> Result<Self, ProviderError> {
        let schema =
            Schema { name: settings.schema.clone(), statement_timeout_ms: settings.statement_timeout.0.as_millis() };
        let insert = schema.sql(include_str!("store/insert.sql"));
        let retention = settings.retention;
        let questions = Arc::new(Semaphore::new(link::questions(settings)));
        Ok(Self { link: Link::new(settings)?, schema, questions, insert, retention, months: Mutex::default() })
    }

    /// Stores a batch. Returning says that it is committed.
    ///
    /// # Errors
    /// `timeout` where nobody knows whether it was committed; any other: nothing of it is stored.
    pub(crate) async fn put(&self, columns: &Columns) -> Result<(), ProviderError> {
        let mut lease = self.ready().await?;
        self.make_months(&lease, columns.moments().iter().map(|moment| Month::of(*moment))).await?;
        let done = self.insert(&mut lease, columns).await;
        self.finish(lease, done)
    }

    async fn insert(&self, lease: &mut Lease<'_>, columns: &Columns) -> Result<(), Error> {
        let insert = match &lease.insert {
            Some(statement) => statement.clone(),
            None => lease.client.prepare(&self.insert).await?,
        };
        lease.insert = Some(insert.clone());
        let (begin, parameters) = (self.schema.begin(), columns.parameters());
        // Sent together: polled together, each of them is on its way before the first answer. After an error the server
        // refuses what follows, and the commit becomes a rollback.
        let (begun, inserted, committed) = tokio::join!(
            biased;
            lease.client.batch_execute(&begin),
            lease.client.execute(&insert, &parameters),
            lease.client.batch_execute("COMMIT")
        );
        begun?;
        inserted?;
        committed
    }

    /// Asks the server for a sign of life.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) async fn ping(&self) -> Result<(), ProviderError> {
        if self.link.is_busy() {
            return Ok(());
        }
        let lease = self.link.lease().await?;
        let done = lease.client.batch_execute("SELECT 1").await;
        self.finish(lease, done)
    }

    /// Makes the months to come and removes those past their time.
    ///
    /// # Errors
    /// As PostgreSQL says; the next turn does what is left.
    pub(crate) async fn upkeep(&self) -> Result<(), ProviderError> {
        let now = std::time::SystemTime::now();
        let this = Month::of(now);
        let lease = self.ready().await?;
        self.make_months(&lease, [this, this.plus(1)].into_iter()).await?;
        if let Some(kept) = self.retention {
            self.drop_before(&lease, Month::before(now, kept.0)).await?;
        }
        lease.put_back();
        Ok(())
    }

    /// Closes every connection.
    pub(crate) fn close(&self) {
        self.questions.close();
        self.link.close();
    }

    /// Returns a connection to a database that has the tables.
    pub(crate) async fn ready(&self) -> Result<Lease<'_>, ProviderError> {
        let lease = self.link.lease().await?;
        if self.known().is_none() {
            self.schema.prepare(&lease.client).await?;
            let months = self.read_months(&lease).await.map_err(|error| fault::running(&error))?;
            *self.known() = Some(months);
        }
        Ok(lease)
    }

    /// Gives the connection back, if it is of further use. One that the server calls read-only is not: the next one may
    /// lead to the server that took over.
    pub(crate) fn finish(&self, lease: Lease<'_>, done: Result<(), Error>) -> Result<(), ProviderError> {
        let Err(error) = done else {
            lease.put_back();
            return Ok(());
        };
        if fault::tables_are_gone(&error) {
            *self.known() = None;
        }
        let error = fault::running(&error);
        if error.kind == outrigger_plugin_api::sdk::ErrorKind::Invalid {
            lease.put_back();
        }
        Err(error)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Option<Months>> {
        self.months.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
