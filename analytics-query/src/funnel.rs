//! Counts people through the steps of a funnel, in one pass and with a few words a person.
//!
//! For each step the latest start is kept from which it was reached. A later start is always as good as an earlier one: it
//! leaves more of the window. The recipe usually written in SQL, the first event of each step after the first of the step
//! before, misses those who started twice.

use std::cmp::Reverse;

use outrigger_plugin_api::sdk::analytics::query::{By, FunnelAnswer, FunnelOf};

use crate::Values;

/// A start from which a step was reached.
#[derive(Debug, Clone, Copy)]
struct Start {
    ms: u64,
    value: usize,
}

/// A funnel, fed person by person and by time.
#[derive(Debug)]
pub struct Funnel {
    window_ms: u64,
    person: Option<u64>,
    /// By step, of this person.
    starts: Vec<Option<Start>>,
    /// How many steps this person came at most, and with which value.
    best: (usize, usize),
    /// The moment of the events that wait to be put in order, and their steps and value.
    moment: u64,
    waiting: Vec<(u16, usize)>,
    /// By value, by step: people who came exactly so far.
    reached: Vec<Vec<u64>>,
}

impl Funnel {
    /// Begins.
    pub fn new(steps: usize, window_ms: u64) -> Self {
        let starts = vec![None; steps];
        Self { window_ms, person: None, starts, best: (0, 0), moment: 0, waiting: Vec::new(), reached: Vec::new() }
    }

    /// Takes one event of a person: bit N of `steps` says that it is step N (from 0 on), `value` is the number of its
    /// value where the funnel divides by one, else 0. Events that are no step need not come.
    pub fn event(&mut self, person: u64, ms: u64, steps: u16, value: usize) {
        if self.person != Some(person) {
            self.end_person();
            self.person = Some(person);
        } else if self.moment != ms {
            self.step();
        }
        self.moment = ms;
        self.waiting.push((steps, value));
    }

    /// Goes on by the events of one moment.
    fn step(&mut self) {
        self.waiting.sort_unstable_by_key(|(steps, value)| (steps.trailing_zeros(), *steps, *value));
        for (steps, value) in std::mem::take(&mut self.waiting) {
            // From the last step to the first, so that one event is one step.
            for step in (0..self.starts.len()).rev().filter(|step| steps >> step & 1 == 1) {
                let start = match step.checked_sub(1) {
                    None => Some(Start { ms: self.moment, value }),
                    Some(before) => self.starts.get(before).copied().flatten(),
                };
                let Some(start) = start.filter(|start| self.moment.saturating_sub(start.ms) <= self.window_ms) else {
                    continue;
                };
                if let Some(place) = self.starts.get_mut(step) {
                    *place = Some(start);
                }
                if step + 1 > self.best.0 {
                    self.best = (step + 1, start.value);
                }
            }
        }
    }

    fn end_person(&mut self) {
        self.step();
        let (steps, value) = std::mem::take(&mut self.best);
        self.starts.fill(None);
        let Some(last) = steps.checked_sub(1) else { return };
        if self.reached.len() <= value {
            self.reached.resize(value + 1, Vec::new());
        }
        let Some(reached) = self.reached.get_mut(value) else { return };
        reached.resize(self.starts.len(), 0);
        if let Some(count) = reached.get_mut(last) {
            *count += 1;
        }
    }

    /// Returns the answer; with `by`, over the values that have been numbered.
    pub fn finish(mut self, by: Option<(&By, &Values)>) -> FunnelAnswer {
        self.end_person();
        let steps = self.starts.len();
        let at_least: Vec<(usize, Vec<u64>)> = (self.reached.iter().enumerate())
            .filter(|(_, reached)| !reached.is_empty())
            .map(|(value, reached)| (value, summed_from_the_end(reached)))
            .collect();
        let people = added(at_least.iter().map(|(_, people)| people), steps);
        let Some((by, values)) = by else { return FunnelAnswer { people, ..FunnelAnswer::default() } };
        let mut ranked = at_least;
        ranked.sort_by_cached_key(|(value, people)| (Reverse(people.first().copied()), values.text(*value).to_owned()));
        let rest = ranked.split_off(ranked.len().min(usize::try_from(by.limit).unwrap_or(usize::MAX)));
        let other = (!rest.is_empty()).then(|| added(rest.iter().map(|(_, people)| people), steps));
        let of = |(value, people)| FunnelOf { value: values.value(value), people };
        FunnelAnswer { people, values: ranked.into_iter().map(of).collect(), other }
    }
}

/// Who came further came so far too.
fn summed_from_the_end(reached: &[u64]) -> Vec<u64> {
    let mut sums: Vec<u64> = reached
        .iter()
        .rev()
        .scan(0, |sum, count| {
            *sum += count;
            Some(*sum)
        })
        .collect();
    sums.reverse();
    sums
}

fn added<'a>(all: impl Iterator<Item = &'a Vec<u64>>, steps: usize) -> Vec<u64> {
    let mut sums = vec![0; steps];
    for counts in all {
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }
    sums
}

#[cfg(test)]
mod tests;
