//! Sends pieces in requests that Mixpanel takes: events first, then what is known of users and groups.

use outrigger_plugin_api::sdk::{
    Countdown,
    http::{Http, Request, Response},
    sink::{Bounds, Requests, Tally, Verdict, joined},
};

use crate::{
    RECORDS_MAX,
    answer::{self, Meaning, Throttle},
    event::{Outgoing, Target},
    settings::Settings,
};

/// Most requests for one batch: one for each target, and those that halving 2,000 pieces down to one takes.
const REQUESTS_MAX: usize = 40;

/// The delivery of one batch.
pub(crate) struct Delivery<'d> {
    pub(crate) http: &'d Http,
    pub(crate) settings: &'d Settings,
    pub(crate) throttle: &'d Throttle,
    pub(crate) countdown: Countdown,
}

impl Delivery<'_> {
    /// Sends the pieces, each target's in order, and notes what becomes of records in the tally.
    pub(crate) async fn run(&self, mut pieces: Vec<Outgoing>, tally: &mut Tally) {
        let bytes_max = usize::try_from(self.settings.body_max.0).unwrap_or(usize::MAX);
        // Two brackets less the comma that no piece has behind it. Each piece fits alone: that was looked at.
        let bounds = Bounds { count_max: RECORDS_MAX as usize, bytes_max, frame: 1 };
        let mut requests = Requests::new(self.countdown, tally, REQUESTS_MAX);
        for target in [Target::Import, Target::Profiles, Target::Groups] {
            requests.add(pieces.extract_if(.., |piece| piece.target == target), bounds);
        }
        while let Some(pieces) = requests.next_request() {
            let Some(target) = pieces.first().map(|piece| piece.target) else { continue };
            let request = self.request(target, joined(b"[", &pieces, b"]"));
            let answer = self.http.send(request).await.map(|answer| self.silent(answer));
            match answer.and_then(|answer| answer::read(answer, target, pieces.len(), self.throttle)) {
                Ok(Meaning::All(verdict)) => requests.answer(&pieces, verdict),
                Ok(Meaning::Partly(mut verdicts)) => {
                    // Those not named were taken.
                    let said = |place| verdicts.remove(&place).or(Some(Verdict::Delivered));
                    requests.answer_some(pieces, said);
                }
                Ok(Meaning::Halve(why)) => requests.halve(pieces, &why),
                Err(error) => requests.stop(&pieces, error),
            }
        }
    }

    /// Takes out what Mixpanel repeats of the secrets.
    fn silent(&self, answer: Response) -> Response {
        let answer = answer.without(&self.settings.token);
        match &self.settings.service_account_secret {
            Some(secret) => answer.without(secret),
            None => answer,
        }
    }

    fn request(&self, target: Target, body: Vec<u8>) -> Request {
        let settings = self.settings;
        let request = match target {
            Target::Import => {
                let address = settings.address("/import", &format!("strict=1{}", settings.project()));
                Request::post(address).header("authorization", settings.authorization()).compressed()
            }
            Target::Profiles => Request::post(settings.address("/engage", "verbose=1")),
            Target::Groups => Request::post(settings.address("/groups", "verbose=1")),
        };
        request.header("content-type", "application/json").body(body).timeout(self.countdown.left())
    }
}

#[cfg(test)]
mod tests;
