//! Sends events in requests that Amplitude takes, and those again at once that it refused only for their company.

use std::collections::VecDeque;

use outrigger_plugin_api::sdk::{
    Countdown, ErrorKind, ProviderError,
    http::{Http, Request},
    sink::{Tally, Verdict},
};

use crate::{
    answer::{self, Meaning},
    event::Outgoing,
    settings::Settings,
};

/// Most events of a request.
const EVENTS_MAX: usize = 2_000;
/// Most requests for one batch. Halving 2,000 events down to one takes 22; more means that the answers lead nowhere.
const REQUESTS_MAX: usize = 32;

/// The delivery of one batch.
pub(crate) struct Delivery<'d> {
    http: &'d Http,
    settings: &'d Settings,
    countdown: Countdown,
    tally: &'d mut Tally,
    waiting: VecDeque<Vec<Outgoing>>,
}

impl<'d> Delivery<'d> {
    /// Returns a delivery that notes what becomes of records in the tally.
    pub(crate) const fn new(
        http: &'d Http,
        settings: &'d Settings,
        countdown: Countdown,
        tally: &'d mut Tally,
    ) -> Self {
        Self { http, settings, countdown, tally, waiting: VecDeque::new() }
    }

    /// Sends the events, in order.
    pub(crate) async fn run(mut self, events: Vec<Outgoing>) {
        self.split(events);
        let mut requests = 0;
        while let Some(events) = self.waiting.pop_front() {
            if self.tally.is_stopped() || self.countdown.is_over() {
                return self.give_back(events);
            }
            if requests == REQUESTS_MAX {
                let text = format!("{REQUESTS_MAX} requests were not enough for one batch");
                self.tally.stop([], ProviderError::new(ErrorKind::Overloaded, text));
                return self.give_back(events);
            }
            requests += 1;
            let answer =
                self.http.send(self.request(&events)).await.map(|answer| answer.without(&self.settings.api_key));
            match answer.and_then(|answer| answer::read(answer, &events)) {
                Ok(meaning) => self.apply(meaning, events),
                Err(error) => self.tally.stop(events.iter().map(|event| event.record), error),
            }
        }
    }

    /// Splits events into requests within the bounds of count and bytes.
    fn split(&mut self, events: Vec<Outgoing>) {
        let (mut request, mut bytes) = (Vec::new(), self.envelope().0.len() + self.envelope().1.len());
        let (frame, max) = (bytes, self.settings.body_bytes_max());
        for event in events {
            let length = event.json.len() + 1;
            if frame + length > max {
                let why = format!("the event: {} bytes as JSON, Amplitude takes at most {}", length - 1, max - frame);
                self.tally.decide(event.record, Verdict::Rejected(why));
                continue;
            }
            if request.len() == EVENTS_MAX || bytes + length > max {
                self.waiting.push_back(std::mem::take(&mut request));
                bytes = frame;
            }
            bytes += length;
            request.push(event);
        }
        if !request.is_empty() {
            self.waiting.push_back(request);
        }
    }

    fn apply(&mut self, meaning: Meaning, mut events: Vec<Outgoing>) {
        match meaning {
            Meaning::All(verdict) => {
                for event in events {
                    self.tally.answer(event.record, verdict.clone());
                }
            }
            Meaning::Some(mut verdicts) => {
                let mut place = 0;
                events.retain(|event| {
                    let verdict = verdicts.remove(&place);
                    place += 1;
                    match verdict {
                        None => true,
                        Some(verdict) => {
                            self.tally.answer(event.record, verdict);
                            false
                        }
                    }
                });
                if !events.is_empty() {
                    self.waiting.push_front(events);
                }
            }
            Meaning::Halve(why) if events.len() <= 1 => {
                for event in events {
                    self.tally.answer(event.record, Verdict::Rejected(why.clone()));
                }
            }
            Meaning::Halve(_) => {
                let second = events.split_off(events.len() / 2);
                self.waiting.push_front(second);
                self.waiting.push_front(events);
            }
        }
    }

    /// Notes that these events and all that wait were not sent: their records come again, even where another of a
    /// record's events was taken.
    fn give_back(self, events: Vec<Outgoing>) {
        for event in self.waiting.into_iter().flatten().chain(events) {
            self.tally.reopen(event.record);
        }
    }

    fn request(&self, events: &[Outgoing]) -> Request {
        let (before, after) = self.envelope();
        let mut body = before.into_bytes();
        for (place, event) in events.iter().enumerate() {
            if place > 0 {
                body.push(b',');
            }
            body.extend_from_slice(&event.json);
        }
        body.extend_from_slice(after.as_bytes());
        let request = Request::post(self.settings.address()).header("content-type", "application/json").body(body);
        request.timeout(self.countdown.left())
    }

    /// Returns what stands around the events.
    fn envelope(&self) -> (String, String) {
        let key = serde_json::Value::from(self.settings.api_key.as_str());
        let options = match self.settings.min_id_length {
            Some(length) => format!("],\"options\":{{\"min_id_length\":{length}}}}}"),
            None => "]}".to_owned(),
        };
        (format!("{{\"api_key\":{key},\"events\":["), options)
    }
}

#[cfg(test)]
mod tests;
