//! Counts events and people by group: a name, a value, an interval.

use outrigger_plugin_api::sdk::analytics::query::Sum;

/// Counts different people, fed person by person: no set is needed, only who came last.
#[derive(Debug, Clone, Copy, Default)]
pub struct People {
    last: Option<u64>,
    count: u64,
}

impl People {
    /// Takes an event of a person.
    pub fn event(&mut self, person: u64) {
        if self.last != Some(person) {
            self.last = Some(person);
            self.count += 1;
        }
    }

    /// Returns how many people there were.
    pub const fn count(&self) -> u64 {
        self.count
    }
}

/// Counts by group, fed person by person. Groups are numbered from 0 on, densely: what is kept grows with their number.
#[derive(Debug, Default)]
pub struct Groups {
    groups: Vec<(u64, People)>,
    total: (u64, People),
}

impl Groups {
    /// Returns no counts, with room for so many groups.
    pub fn with_capacity(groups: usize) -> Self {
        Self { groups: Vec::with_capacity(groups), ..Self::default() }
    }

    /// Takes one event of a person; one that is in no group counts in all.
    pub fn event(&mut self, person: u64, group: Option<usize>) {
        add(&mut self.total, person);
        let Some(group) = group else { return };
        if self.groups.len() <= group {
            self.groups.resize(group + 1, Default::default());
        }
        if let Some(sums) = self.groups.get_mut(group) {
            add(sums, person);
        }
    }

    /// Returns the counts of a group.
    pub fn sum(&self, group: usize) -> Sum {
        self.groups.get(group).map(sum).unwrap_or_default()
    }

    /// Returns the counts of all.
    pub fn total(&self) -> Sum {
        sum(&self.total)
    }

    /// Returns the groups that have events, most events first; of as many the one with the smallest `key`.
    pub fn ranked<K: Ord>(&self, key: impl Fn(usize) -> K) -> Vec<usize> {
        let mut ranked: Vec<_> = (0..self.groups.len()).filter(|group| self.sum(*group).events > 0).collect();
        ranked.sort_by_cached_key(|group| (std::cmp::Reverse(self.sum(*group).events), key(*group)));
        ranked
    }
}

fn add((events, people): &mut (u64, People), person: u64) {
    *events += 1;
    people.event(person);
}

fn sum((events, people): &(u64, People)) -> Sum {
    Sum { events: *events, people: people.count() }
}

#[cfg(test)]
mod tests;
