//! The journal, and what becomes of events at each provider. `outrigger_journal_info` names the durability.

use std::sync::{Arc, atomic::Ordering};

use super::exposition::Exposition;
use crate::deliver::{Deliveries, JournalStatus, Lane, LaneStatus};

/// A value of a lane, with the name and the meaning of its family.
type OfLane = (&'static str, &'static str, fn(&LaneStatus) -> f64);

/// What a lane's status says, as gauges.
const GAUGES: [OfLane; 5] = [
    ("outrigger_delivery_lag_records", "Positions of the journal between the cursor and the end.", |lane| {
        lane.behind as f64
    }),
    ("outrigger_delivery_lag_seconds", "Age of the oldest record that has not ended.", |lane| {
        lane.oldest().as_secs_f64()
    }),
    ("outrigger_delivery_held_records", "Records in memory.", |lane| lane.held as f64),
    ("outrigger_delivery_dead_letters", "Dead letters that are kept.", |lane| lane.dead_letters as f64),
    ("outrigger_delivery_cursor_position", "The cursor.", |lane| lane.cursor as f64),
];

/// A count of a lane, with the name and the meaning of its family.
type CountOfLane = (&'static str, &'static str, fn(&Lane) -> u64);

/// What a lane counts.
const COUNTERS: [CountOfLane; 3] = [
    ("outrigger_delivery_retried_records_total", "Tries that failed and are repeated.", |lane| {
        lane.counts.retried.load(Ordering::Relaxed)
    }),
    ("outrigger_delivery_batches_total", "Batches sent.", |lane| lane.counts.batches.load(Ordering::Relaxed)),
    ("outrigger_delivery_lost_positions_total", "Positions that were gone before the provider had them.", |lane| {
        lane.counts.lost.load(Ordering::Relaxed)
    }),
];

/// Writes all; nothing where no event can be accepted, which readiness tells.
pub(super) fn write(out: &mut Exposition, deliveries: Option<&Deliveries>) {
    let Some(deliveries) = deliveries else { return };
    let status = deliveries.status();
    journal(out, deliveries, &status);
    let total = "outrigger_delivery_records_total";
    out.family(total, "counter", "Records that have ended, by outcome.");
    for lane in deliveries.lanes().iter() {
        for (outcome, count) in lane.counts.ended() {
            out.sample(total, &format!("{},outcome=\"{}\"", of_lane(lane), outcome.as_str()), count);
        }
    }
    for (name, about, value) in COUNTERS {
        out.family(name, "counter", about);
        deliveries.lanes().iter().for_each(|lane| out.sample(name, &of_lane(lane), value(lane)));
    }
    for (name, about, value) in GAUGES {
        out.family(name, "gauge", about);
        for lane in &status.lanes {
            out.sample(name, &format!("kind=\"{}\",provider=\"{}\"", lane.kind, lane.provider), value(lane));
        }
    }
}

fn of_lane(lane: &Arc<Lane>) -> String {
    format!("kind=\"{}\",provider=\"{}\"", lane.kind, lane.name())
}

fn journal(out: &mut Exposition, deliveries: &Deliveries, status: &JournalStatus) {
    let stats = deliveries.journal_stats();
    let about = "1, with what an acknowledgement means as label.";
    out.family("outrigger_journal_info", "gauge", about);
    out.sample("outrigger_journal_info", &format!("durability=\"{}\"", status.durability), 1);
    let about = "Events acknowledged since the start.";
    out.single("outrigger_journal_accepted_total", "counter", about, Some(deliveries.accepted()));
    out.single("outrigger_journal_bytes", "gauge", "Bytes of all journal files.", Some(status.bytes));
    out.single("outrigger_journal_bytes_max", "gauge", "Bytes they may have.", Some(status.bytes_max));
    out.single("outrigger_journal_files", "gauge", "Journal files.", Some(status.files));
    out.single("outrigger_journal_free_bytes", "gauge", "Free bytes of its disk.", status.free_bytes);
    out.single("outrigger_journal_pending_bytes", "gauge", "Bytes that wait for the disk.", Some(stats.pending_bytes));
    let about = "Damaged records that were left out.";
    out.single("outrigger_journal_skipped_records_total", "counter", about, Some(status.skipped));
    let about = "Files given up after a failed write or sync.";
    out.single("outrigger_journal_poisoned_files_total", "counter", about, Some(stats.poisoned_files));
    let refused = u8::from(status.code.is_some());
    let about = "1 where events are refused, or soon will be; readiness says why.";
    out.single("outrigger_journal_trouble", "gauge", about, Some(refused));
    let name = "outrigger_journal_sync_duration_seconds";
    out.family(name, "histogram", "Time of one sync of a journal file.");
    let mut within = 0;
    for (bound, count) in &stats.syncs.buckets {
        within += count;
        out.sample(&format!("{name}_bucket"), &format!("le=\"{}\"", bound.as_secs_f64()), within);
    }
    out.sample(&format!("{name}_bucket"), "le=\"+Inf\"", stats.syncs.count);
    out.sample(&format!("{name}_sum"), "", stats.syncs.sum.as_secs_f64());
    out.sample(&format!("{name}_count"), "", stats.syncs.count);
}
