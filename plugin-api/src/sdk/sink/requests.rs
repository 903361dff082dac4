//! The requests of a batch that go out one after the other, where answers lead to more of them: halves of one that was
//! refused as a whole, or what is left of one without what it named.

use std::collections::VecDeque;

use super::{Tally, Verdict};
use crate::sdk::{Countdown, ErrorKind, ProviderError};

/// What goes out for a record, or for a part of it: bytes that stand in a list with others.
pub trait Piece {
    /// The place of its record in the batch.
    fn record(&self) -> usize;
    /// Its bytes, such as a JSON object.
    fn bytes(&self) -> &[u8];
}

impl Piece for (usize, Vec<u8>) {
    fn record(&self) -> usize {
        self.0
    }

    fn bytes(&self) -> &[u8] {
        &self.1
    }
}

/// What one request may hold.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Most pieces.
    pub count_max: usize,
    /// Most bytes of the body, each piece counted with a comma.
    pub bytes_max: usize,
    /// Bytes of the body around its pieces.
    pub frame: usize,
}

/// The requests that wait, and the tally of what became of records.
///
/// ```
/// # use outrigger_plugin_api::sdk::{Call, sink::{Bounds, Requests, Tally, Verdict}};
/// let mut tally = Tally::of(3);
/// let mut requests = Requests::new(Call::unbounded().countdown(), &mut tally, 16);
/// let pieces = ["good", "bad", "good"].into_iter().enumerate().map(|(record, text)| (record, text.as_bytes().to_vec()));
/// requests.add(pieces, Bounds { count_max: 100, bytes_max: 1000, frame: 2 });
/// while let Some(pieces) = requests.next_request() {
///     // A backend that says of a request no more than that something in it is wrong.
///     if pieces.iter().any(|(_, text)| text == b"bad") {
///         requests.halve(pieces, "refused");
///     } else {
///         requests.answer(&pieces, Verdict::Delivered);
///     }
/// }
/// let rejected = Verdict::Rejected("refused".to_owned());
/// assert_eq!(tally.finish(), Ok(vec![Verdict::Delivered, rejected, Verdict::Delivered]));
/// ```
#[derive(Debug)]
pub struct Requests<'t, P> {
    waiting: VecDeque<Vec<P>>,
    countdown: Countdown,
    tally: &'t mut Tally,
    most: usize,
    given: usize,
}

impl<'t, P: Piece> Requests<'t, P> {
    /// Returns none yet. At most `most` go out, then the rest is a retry: more means that the answers lead nowhere.
    pub const fn new(countdown: Countdown, tally: &'t mut Tally, most: usize) -> Self {
        Self { waiting: VecDeque::new(), countdown, tally, most, given: 0 }
    }

    /// Splits pieces, in order, into requests within the bounds. A piece that is larger goes alone.
    pub fn add(&mut self, pieces: impl IntoIterator<Item = P>, bounds: Bounds) {
        let (mut request, mut bytes) = (Vec::new(), bounds.frame);
        for piece in pieces {
            let length = piece.bytes().len() + 1;
            if !request.is_empty() && (request.len() == bounds.count_max || bytes + length > bounds.bytes_max) {
                self.waiting.push_back(std::mem::take(&mut request));
                bytes = bounds.frame;
            }
            bytes += length;
            request.push(piece);
        }
        if !request.is_empty() {
            self.waiting.push_back(request);
        }
    }

    /// Returns the next request. `None` at the end: all were given, one failed as a whole, the call's time is over, or
    /// there were too many. The records of those that wait then come again, even where another of their pieces was taken.
    pub fn next_request(&mut self) -> Option<Vec<P>> {
        let pieces = self.waiting.pop_front()?;
        if !self.tally.is_stopped() && !self.countdown.is_over() {
            if self.given < self.most {
                self.given += 1;
                return Some(pieces);
            }
            let text = format!("{} requests were not enough for one batch", self.most);
            self.tally.stop([], ProviderError::new(ErrorKind::Overloaded, text));
        }
        for piece in self.waiting.drain(..).flatten().chain(pieces) {
            self.tally.reopen(piece.record());
        }
        None
    }

    /// Notes what the backend said of all these pieces.
    pub fn answer(&mut self, pieces: &[P], verdict: Verdict) {
        pieces.iter().for_each(|piece| self.tally.answer(piece.record(), verdict.clone()));
    }

    /// Notes what the backend said of the pieces, by their places, and returns the others, in order.
    pub fn answer_some(&mut self, pieces: Vec<P>, mut verdict: impl FnMut(usize) -> Option<Verdict>) -> Vec<P> {
        let decided = pieces.into_iter().enumerate().map(|(place, piece)| (verdict(place), piece));
        let others = decided.filter_map(|(verdict, piece)| match verdict {
            None => Some(piece),
            Some(verdict) => {
                self.tally.answer(piece.record(), verdict);
                None
            }
        });
        others.collect()
    }

    /// Notes that the request with these pieces failed as a whole; no further one goes out.
    pub fn stop(&mut self, pieces: &[P], error: ProviderError) {
        self.tally.stop(pieces.iter().map(Piece::record), error);
    }

    /// Has these go out again, before all that waits.
    pub fn again(&mut self, pieces: Vec<P>) {
        if !pieces.is_empty() {
            self.waiting.push_front(pieces);
        }
    }

    /// Has the halves of a refused request go out, before all that waits; a piece alone is rejected for this reason.
    pub fn halve(&mut self, mut pieces: Vec<P>, why: &str) {
        if pieces.len() <= 1 {
            return self.answer(&pieces, Verdict::Rejected(why.to_owned()));
        }
        let second = pieces.split_off(pieces.len() / 2);
        self.again(second);
        self.again(pieces);
    }
}

/// Returns a body: the pieces with commas between, and what stands around them.
pub fn joined<P: Piece>(before: &[u8], pieces: &[P], after: &[u8]) -> Vec<u8> {
    let length = pieces.iter().map(|piece| piece.bytes().len() + 1).sum::<usize>();
    let mut body = Vec::with_capacity(before.len() + length + after.len());
    body.extend_from_slice(before);
    for (place, piece) in pieces.iter().enumerate() {
        if place > 0 {
            body.push(b',');
        }
        body.extend_from_slice(piece.bytes());
    }
    body.extend_from_slice(after);
    body
}

#[cfg(test)]
mod tests;
