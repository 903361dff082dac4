//! One transaction for all that waits, and each caller's verdicts.

use outrigger_plugin_api::sdk::sink::Verdict;

use super::{Delivery, Writer};
use crate::{
    fault,
    store::{Batch, Refused},
};

/// Why a transaction failed.
enum Failed {
    /// Storing this record (delivery, row) did, and would again.
    Row(usize, usize, rusqlite::Error),
    /// The file, the disk, another process.
    All(rusqlite::Error),
}

impl From<rusqlite::Error> for Failed {
    fn from(error: rusqlite::Error) -> Self {
        Self::All(error)
    }
}

impl From<Refused> for Failed {
    fn from(Refused { place, error }: Refused) -> Self {
        match place {
            Some((delivery, row)) if fault::is_of_the_record(&error) => Self::Row(delivery, row, error),
            _ => Self::All(error),
        }
    }
}

impl Writer {
    /// Commits the deliveries and answers their callers.
    pub(super) fn deliver(&mut self, mut deliveries: Vec<Delivery>) {
        let mut fault = None;
        while deliveries.iter().any(|delivery| !delivery.rows.is_empty()) {
            match self.commit(&deliveries) {
                Ok(()) => {
                    self.names.keep();
                    self.faults.clear();
                    break;
                }
                Err(Failed::Row(delivery, row, error)) => {
                    self.names.forget();
                    // Without the one that can't be stored, once more: each turn has a row less.
                    reject(&mut deliveries, delivery, row, &fault::reason(&error));
                }
                Err(Failed::All(error)) => {
                    self.names.forget();
                    self.faults.set(&error);
                    tracing::warn!(%error, "could not store events; they are handed back for a retry");
                    fault = Some(fault::reason(&error));
                    break;
                }
            }
        }
        for delivery in deliveries {
            delivery.answer(fault.as_deref());
        }
    }

    fn commit(&mut self, deliveries: &[Delivery]) -> Result<(), Failed> {
        // Taken for writing at once: a transaction that begins by reading can't wait for another process' lock.
        let transaction = self.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut batch = Batch::new(&transaction, &mut self.names)?;
        for (at, delivery) in deliveries.iter().enumerate() {
            for (index, placed) in delivery.rows.iter().enumerate() {
                batch.put((at, index), &placed.row)?;
            }
        }
        batch.finish()?;
        transaction.commit()?;
        Ok(())
    }
}

fn reject(deliveries: &mut [Delivery], delivery: usize, row: usize, reason: &str) {
    let Some(delivery) = deliveries.get_mut(delivery) else { return };
    let place = delivery.rows.remove(row).place;
    if let Some(verdict) = delivery.verdicts.get_mut(place) {
        *verdict = Some(Verdict::Rejected(reason.to_owned()));
    }
}

impl Delivery {
    /// Answers the caller, who may be gone.
    fn answer(mut self, fault: Option<&str>) {
        for placed in &self.rows {
            if let Some(verdict) = self.verdicts.get_mut(placed.place) {
                *verdict =
                    Some(fault.map_or(Verdict::Delivered, |reason| Verdict::Retry {
                        after: None,
                        reason: reason.to_owned(),
                    }));
            }
        }
        let _ = self.reply.send(self.verdicts);
    }
}
