//! What arrives at the backend: all of it, in order, once.

use uuid::Uuid;

use super::super::{Case, Fixture, RawRecord, Stop, Subject, ensure, sample};
use crate::sdk::{Call, sink::Idempotency};

const UNREADABLE: Stop = Stop::NotApplicable("nothing can be read back from this backend");

impl<S: Subject> Fixture<S> {
    /// Returns which of `records` arrived, in the order of arrival and as often as they did.
    async fn arrived(&self, records: &[Uuid]) -> Result<Vec<Uuid>, Stop> {
        let all = self.recorded.as_ref().ok_or(UNREADABLE)?().await;
        Ok(all.into_iter().filter(|id| records.contains(id)).collect())
    }

    fn batch(&self, count: u32) -> (Vec<RawRecord>, Vec<Uuid>) {
        let promise = self.subject.promise();
        let count = count.min(promise.batch.count_max);
        let batch: Vec<_> = (0..count).map(|index| sample::any(&promise, &index.to_string())).collect();
        let ids = batch.iter().map(|record| record.id).collect();
        (batch, ids)
    }
}

pub(super) async fn order_is_kept<S: Subject>(fixture: &Fixture<S>) -> Case {
    let (mut sent, mut rest) = (Vec::new(), 4);
    while rest > 0 {
        let (batch, ids) = fixture.batch(25);
        fixture.taken(batch).await?;
        sent.extend(ids);
        rest -= 1;
    }
    fixture.subject.flush(Call::unbounded()).await?;
    let arrived = fixture.arrived(&sent).await?;
    ensure(arrived == sent, || format!("sent {} records, {} arrived, or in another order", sent.len(), arrived.len()))
}

pub(super) async fn flush_is_a_barrier<S: Subject>(fixture: &Fixture<S>) -> Case {
    let (mut sent, mut callers) = (Vec::new(), Vec::new());
    for _ in 0..8 {
        let (batch, ids) = fixture.batch(10);
        sent.extend(ids);
        let subject = fixture.subject.clone();
        callers.push(tokio::spawn(async move { subject.deliver(Call::unbounded(), batch).await }));
    }
    for caller in callers {
        caller.await.map_err(|error| Stop::Failed(error.to_string()))??;
    }
    fixture.subject.flush(Call::unbounded()).await?;
    let arrived = fixture.arrived(&sent).await?;
    ensure(arrived.len() == sent.len(), || format!("{} of {} records are there", arrived.len(), sent.len()))
}

pub(super) async fn repeat_is_recorded_once<S: Subject>(fixture: &Fixture<S>) -> Case {
    if fixture.subject.promise().idempotency != Idempotency::Full {
        return Err(Stop::NotApplicable("the provider does not promise to recognise repeats"));
    }
    let (batch, ids) = fixture.batch(3);
    let again = |attempt| batch.iter().map(move |record| RawRecord { attempt, ..record.clone() });
    fixture.taken(batch.clone()).await?;
    fixture.taken(again(2).collect()).await?;
    // And twice within one batch, as after a bisected retry.
    if fixture.subject.promise().batch.count_max >= 6 {
        fixture.taken(again(3).chain(again(4)).collect()).await?;
    }
    fixture.subject.flush(Call::unbounded()).await?;
    let arrived = fixture.arrived(&ids).await?;
    ensure(arrived == ids, || format!("3 records sent four times are there {} times", arrived.len()))
}

pub(super) async fn shutdown_flushes<S: Subject>(fixture: &Fixture<S>) -> Case {
    let (batch, ids) = fixture.batch(50);
    fixture.taken(batch).await?;
    fixture.subject.shutdown(Call::unbounded()).await?;
    let arrived = fixture.arrived(&ids).await?;
    ensure(arrived == ids, || format!("{} of {} records are there", arrived.len(), ids.len()))
}
