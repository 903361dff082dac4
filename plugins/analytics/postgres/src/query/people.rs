//! Which ids are one person: all that can be reached over aliases, either way.

use std::{collections::HashMap, ops::ControlFlow};

use super::{failed::Failed, reading::Reading, select::Select};

/// Rows read at once: some 100 KiB of ids.
const PORTION: i32 = 2_000;

/// The ids of people with more than one, and for each the one of them that stands for the person.
#[derive(Debug, Default)]
pub(super) struct People {
    numbers: HashMap<String, usize>,
    ids: Vec<String>,
    of: Vec<usize>,
}

impl People {
    /// Reads every alias that joins two ids with events.
    pub(super) async fn read(reading: &Reading<'_>) -> Result<Self, Failed> {
        let select = Select::new(
            "SELECT alias, person_alias.uid FROM $schema.person_alias JOIN $schema.person ON person.uid = alias",
        );
        let mut people = Self::default();
        let _ = reading
            .rows(&select, PORTION, |row| {
                people.join(row.try_get(0)?, row.try_get(1)?);
                Ok(ControlFlow::Continue(()))
            })
            .await?;
        Ok(people)
    }

    fn join(&mut self, left: &str, right: &str) {
        let (left, right) = (self.number(left), self.number(right));
        let (left, right) = (self.root(left), self.root(right));
        if let Some(of) = self.of.get_mut(left.max(right)) {
            *of = left.min(right);
        }
    }

    fn number(&mut self, id: &str) -> usize {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        let number = self.ids.len();
        self.numbers.insert(id.to_owned(), number);
        self.ids.push(id.to_owned());
        self.of.push(number);
        number
    }

    /// Follows to the smallest number, and halves the way for the next.
    fn root(&mut self, mut id: usize) -> usize {
        while let Some(next) = self.of.get(id).copied().filter(|next| *next != id) {
            let further = self.of.get(next).copied().unwrap_or(next);
            if let Some(of) = self.of.get_mut(id) {
                *of = further;
            }
            id = further;
        }
        id
    }

    /// Returns the ids, and beside each the one that stands for the person.
    pub(super) fn finish(mut self) -> (Vec<String>, Vec<String>) {
        let roots: Vec<usize> = (0..self.ids.len()).map(|id| self.root(id)).collect();
        let persons = roots.into_iter().filter_map(|root| self.ids.get(root).cloned()).collect();
        (self.ids, persons)
    }
}

/// Finds all that is one person with the id of the one parameter, and whether each has a row as a person.
pub(super) const IDS_OF: &str = "WITH RECURSIVE who(uid) AS (
        SELECT $1::text COLLATE \"C\"
        UNION
        SELECT next.uid FROM who CROSS JOIN LATERAL (
            SELECT alias FROM $schema.person_alias WHERE person_alias.uid = who.uid
            UNION ALL SELECT person_alias.uid FROM $schema.person_alias WHERE alias = who.uid) AS next(uid))
    SELECT who.uid, EXISTS (SELECT FROM $schema.person WHERE person.uid = who.uid) FROM who";

/// Returns the ids; none where nothing is known under any of them: it was only asked for.
pub(super) fn known(ids: Vec<(String, bool)>) -> Vec<String> {
    let any = ids.iter().any(|(_, known)| *known);
    if any { ids.into_iter().map(|(uid, _)| uid).collect() } else { Vec::new() }
}
