//! What a lane's worker is told to do.

use std::{sync::Arc, time::Instant};

use super::{
    replay::{Job, Replay},
    window::Item,
};
use crate::journal::Position;

/// What a worker is told.
#[derive(Debug)]
pub(super) enum Command {
    /// Send a part of the journal once more.
    Replay(Job),
    /// Send these dead letters once more.
    DeadLetters(Arc<Replay>, Vec<Item>),
    /// Let go of what is before this position.
    Drop(u64),
    /// Another provider is in the lane's place, or the same with other rules.
    Learn,
    /// Read no further than this: what comes later is no longer for this provider.
    EndAt(Position),
    /// Deliver what can be delivered until then, and end.
    End(Instant),
}
