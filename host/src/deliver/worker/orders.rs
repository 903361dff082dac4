//! What a worker does when it is told to.

use super::Worker;
use crate::{clock, deliver::command::Command};

impl Worker {
    /// Does what it is told.
    pub(super) fn obey(&mut self, command: Command) {
        match command {
            Command::Replay(job) => {
                self.replays.add(job.replay.clone());
                self.jobs.push(job);
            }
            Command::DeadLetters(replay, items) => {
                let now = clock::now();
                replay.begin(u64::try_from(items.len()).unwrap_or_default());
                replay.read_all();
                self.replays.add(replay);
                items.into_iter().for_each(|item| self.window.push(item, now));
            }
            Command::Drop(before) => self.let_go(before),
            Command::Learn => {
                (self.unlearned, self.failures, self.paused_until) = (true, 0, None);
                self.window.hasten(clock::now());
            }
            Command::EndAt(to) => self.end_at = Some(to),
            Command::End(by) => {
                self.ending = Some(by);
                self.window.hasten(clock::now());
            }
        }
    }
}
