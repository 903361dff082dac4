//! One state of the database, read in portions.

use std::{ops::ControlFlow, time::Duration};

use tokio_postgres::{Client, IsolationLevel, Row, Transaction};

use super::{failed::Failed, select::Select};
use crate::schema::Schema;

/// A transaction that only reads: all of its statements see one state, and hold up no writer.
pub(super) struct Reading<'c> {
    transaction: Transaction<'c>,
    schema: &'c Schema,
}

impl<'c> Reading<'c> {
    /// Begins. The server gives a statement up after the budget, too, should the cancel not reach it.
    pub(super) async fn begin(
        client: &'c mut Client,
        schema: &'c Schema,
        budget: Option<Duration>,
    ) -> Result<Self, Failed> {
        let start = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start();
        let transaction = start.await?;
        let own = schema.statement_timeout_ms;
        // 0 would mean no bound at all.
        let ms = budget.map_or(own, |budget| budget.as_millis().min(own)).max(1);
        // Compiling pays off after seconds only, and costs a second with many partitions.
        transaction.batch_execute(&format!("SET LOCAL statement_timeout = {ms}; SET LOCAL jit = off")).await?;
        Ok(Self { transaction, schema })
    }

    /// Makes the server read by an index that has the order asked for. It plans for all rows of a statement, and would sort
    /// a whole table of which a page is the first thousand.
    pub(super) async fn by_index(&self) -> Result<(), Failed> {
        Ok(self.transaction.batch_execute("SET LOCAL enable_sort = off").await?)
    }

    /// Hands on row by row, `portion` of them in memory, until there are no more or `each` has enough. Tells whether `each`
    /// ended it.
    pub(super) async fn rows(
        &self,
        select: &Select,
        portion: i32,
        mut each: impl FnMut(&Row) -> Result<ControlFlow<()>, Failed>,
    ) -> Result<ControlFlow<()>, Failed> {
        let portal = self.transaction.bind(&self.schema.sql(&select.sql), &select.parameters()).await?;
        loop {
            let rows = self.transaction.query_portal(&portal, portion).await?;
            for row in &rows {
                if each(row)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            if rows.len() < usize::try_from(portion).unwrap_or(usize::MAX) {
                return Ok(ControlFlow::Continue(()));
            }
        }
    }
}
