//! Drives one lane: reads on, sends what may be sent, acts on what comes home.

mod feed;
mod home;
mod orders;

use std::{pin::Pin, sync::Arc, time::Instant};

use futures_util::{StreamExt, stream::FuturesUnordered};
use outrigger_plugin_api::sdk::sink::Verdict;
use tokio::sync::mpsc;

use super::{
    command::Command,
    judge::Reason,
    lane::Lane,
    policy::Policy,
    rate::Rate,
    replay::{Job, Replays},
    window::{Batch, Item, Next, Window},
};
use crate::{
    call::{self, Bodies, CallError},
    clock,
    journal::{Journal, Position, Reader},
    plugin::Slot,
};

/// How often a lane whose provider does not run looks whether it does: short against a restart by hand.
const LOOK_AGAIN: std::time::Duration = std::time::Duration::from_millis(500);

type Home = (Batch, Result<Vec<Verdict>, CallError>);
type Flight = Pin<Box<dyn Future<Output = Home> + Send>>;

/// One lane's worker.
pub(super) struct Worker {
    lane: Arc<Lane>,
    journal: Journal,
    /// Away while a blocking thread reads.
    reader: Option<Reader>,
    commands: mpsc::UnboundedReceiver<Command>,
    /// `None` until the provider has run: its manifest is needed.
    policy: Option<Policy>,
    /// What [`Self::policy`] was learned of, and batches go to.
    slot: Arc<Slot>,
    /// Another provider is in the lane's place and not learned yet. The rules of the former still judge what comes home
    /// from it.
    unlearned: bool,
    window: Window,
    flights: FuturesUnordered<Flight>,
    rate: Rate,
    jobs: Vec<Job>,
    replays: Replays,
    /// Failures of the provider as a whole, in a row.
    failures: u32,
    paused_until: Option<Instant>,
    /// When to read again: the journal was read to its end a moment ago, or could not be read.
    read_at: Option<Instant>,
    /// When records were last read up to the journal's end.
    caught_up: Instant,
    /// Dead letters that could not be kept yet, and when to try again.
    unburied: Vec<(Item, Reason)>,
    bury_at: Option<Instant>,
    ending: Option<Instant>,
    /// Where this lane ends; `None` is at the journal's end, wherever that is.
    end_at: Option<Position>,
}

impl Worker {
    pub(super) fn new(
        lane: Arc<Lane>,
        journal: Journal,
        reader: Reader,
        commands: mpsc::UnboundedReceiver<Command>,
    ) -> Self {
        let slot = lane.slot();
        let rate = Rate::new(slot.config.delivery.rate, clock::now());
        Self {
            slot,
            lane,
            journal,
            reader: Some(reader),
            commands,
            policy: None,
            unlearned: true,
            window: Window::default(),
            flights: FuturesUnordered::new(),
            rate,
            jobs: Vec::new(),
            replays: Replays::default(),
            failures: 0,
            paused_until: None,
            read_at: None,
            caught_up: clock::now(),
            unburied: Vec::new(),
            bury_at: None,
            ending: None,
            end_at: None,
        }
    }

    /// Runs until told to end.
    pub(super) async fn run(mut self) {
        let mut end = self.journal.watch_end();
        loop {
            end.borrow_and_update();
            self.learn();
            self.bury_again().await;
            self.read_at = self.read_at.filter(|at| *at > clock::now());
            self.feed().await;
            let look_again = self.dispatch();
            if self.is_done() {
                return;
            }
            let times = [look_again, self.ending, self.read_at, self.bury_at];
            let look_again = times.into_iter().flatten().min();
            tokio::select! {
                Some((batch, result)) = self.flights.next() => self.home(batch, result).await,
                changed = end.changed(), if self.wants_more() => if changed.is_err() { return },
                command = self.commands.recv() => match command {
                    Some(command) => self.obey(command),
                    None => return,
                },
                () = sleep_until(look_again), if look_again.is_some() => {}
            }
        }
    }

    /// Learns the rules once the provider runs.
    fn learn(&mut self) {
        if !self.unlearned {
            return;
        }
        let slot = self.lane.slot();
        if let Some(provider) = slot.provider() {
            self.policy = Some(Policy::new(&slot.config.delivery, &provider.manifest));
            self.rate = Rate::new(slot.config.delivery.rate, clock::now());
            (self.slot, self.unlearned) = (slot, false);
        }
    }

    /// Returns the position after the last that is this lane's, as far as is known now.
    fn end(&self) -> Position {
        let end = self.journal.end();
        self.end_at.map_or(end, |at| at.min(end))
    }

    fn wants_more(&self) -> bool {
        self.read_at.is_none()
            && !self.unlearned
            && self.policy.as_ref().is_some_and(|policy| self.window.has_room(policy))
    }

    /// Sends all that may be sent now; returns when to look again.
    fn dispatch(&mut self) -> Option<Instant> {
        let now = clock::now();
        let Some(policy) = self.policy.as_ref().filter(|_| !self.unlearned) else { return Some(now + LOOK_AGAIN) };
        if let Some(until) = self.paused_until {
            if until > now {
                return Some(until);
            }
            self.paused_until = None;
        }
        loop {
            // After a failure one batch tries the ground before the others follow.
            let most = if self.failures > 0 { 1 } else { policy.in_flight };
            if self.flights.len() >= most {
                return None;
            }
            let allowed = self.rate.allowed(now);
            if allowed == 0 {
                return Some(now + self.rate.wait());
            }
            match self.window.next(policy, self.flights.len(), allowed, now) {
                Next::Send(mut batch) => {
                    self.rate.take(batch.items.len());
                    begin(&mut batch);
                    self.lane.counts.batches.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let slot = self.slot.clone();
                    self.flights.push(Box::pin(async move {
                        let events = batch.items.iter().map(|item| (&item.event, item.tries));
                        let result = call::deliver(&slot, events, Bodies::Checked).await;
                        (batch, result)
                    }));
                }
                Next::Wait(at) => return Some(at),
                Next::Idle => return None,
            }
        }
    }

    /// Tells whether an ending lane has nothing more to do: all delivered, or no use in trying, or no time.
    fn is_done(&self) -> bool {
        let Some(by) = self.ending else { return false };
        let caught_up =
            self.window.is_empty() && self.reader.as_ref().is_some_and(|reader| reader.position() >= self.end());
        caught_up || by <= clock::now() || (self.failures > 0 && self.flights.is_empty()) || self.policy.is_none()
    }
}

fn begin(batch: &mut Batch) {
    let now_ms = clock::unix_ms();
    for item in &mut batch.items {
        item.tries = item.tries.saturating_add(1);
        if item.first_try_ms == 0 {
            item.first_try_ms = now_ms;
        }
    }
}

async fn sleep_until(at: Option<Instant>) {
    if let Some(at) = at {
        tokio::time::sleep_until(at.into()).await;
    }
}
