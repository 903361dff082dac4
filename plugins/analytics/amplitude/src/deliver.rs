//! Sends events in requests that Amplitude takes, and those again at once that it refused only for their company.

use outrigger_plugin_api::sdk::{
    Countdown,
    http::{Http, Request},
    sink::{Bounds, Requests, Tally, Verdict, joined},
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
    pub(crate) http: &'d Http,
    pub(crate) settings: &'d Settings,
    pub(crate) countdown: Countdown,
}

impl Delivery<'_> {
    /// Sends the events, in order, and notes what becomes of records in the tally.
    pub(crate) async fn run(&self, mut events: Vec<Outgoing>, tally: &mut Tally) {
        let (before, after) = self.envelope();
        let (frame, bytes_max) = (before.len() + after.len(), self.settings.body_bytes_max());
        events.retain(|event| {
            let fits = frame + event.json.len() < bytes_max;
            if !fits {
                let (bytes, most) = (event.json.len(), bytes_max - frame);
                let why = format!("the event: {bytes} bytes as JSON, Amplitude takes at most {most}");
                tally.decide(event.record, Verdict::Rejected(why));
            }
            fits
        });
        let mut requests = Requests::new(self.countdown, tally, REQUESTS_MAX);
        requests.add(events, Bounds { count_max: EVENTS_MAX, bytes_max, frame });
        while let Some(events) = requests.next_request() {
            let request = self.request(joined(before.as_bytes(), &events, after.as_bytes()));
            let answer = self.http.send(request).await.map(|answer| answer.without(&self.settings.api_key));
            match answer.and_then(|answer| answer::read(answer, &events)) {
                Ok(Meaning::All(verdict)) => requests.answer(&events, verdict),
                Ok(Meaning::Some(mut verdicts)) => {
                    let others = requests.answer_some(events, |place| verdicts.remove(&place));
                    requests.again(others);
                }
                Ok(Meaning::Halve(why)) => requests.halve(events, &why),
                Err(error) => requests.stop(&events, error),
            }
        }
    }

    fn request(&self, body: Vec<u8>) -> Request {
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
