//! Counts, the most frequent events, breakdowns.

use std::collections::{HashMap, HashSet};

use outrigger_analytics_query::{self as algorithm, Buckets, Extent, Groups, Values};
use outrigger_plugin_api::sdk::analytics::query::{
    Breakdown, BreakdownAnswer, Counts, CountsAnswer, EventType, Filter, NamedSum, POINTS_MAX, Sum, Top, TopAnswer,
    ValueSum,
};
use rusqlite::Connection;

use super::{
    failed::Failed,
    scan::{Label, Scan},
};

/// The label of events that are all alike.
const ALIKE: Label = Label(0, 0);

pub(super) fn counts(connection: &Connection, question: &Counts) -> Result<CountsAnswer, Failed> {
    let scan = Scan::new(connection, &question.filter)?;
    let buckets = match question.interval {
        None => None,
        Some(interval) => {
            let zone = question.zone.as_deref();
            let made = match extent(&question.filter, |each| scan.run(|_| Ok(Some(ALIKE)), |_, ms, _| each(ms)))? {
                Some(time) => Buckets::new(zone, (interval, "/interval"), time, POINTS_MAX),
                None => Buckets::none(zone),
            };
            Some(made?)
        }
    };
    let mut counts = algorithm::Counts::new(buckets);
    scan.run(|_| Ok(Some(ALIKE)), |person, ms, _| counts.event(person, ms))?;
    Ok(counts.finish())
}

/// Returns the filter's time, an open end being where the events end; nothing where that leaves none. `moments` hands on
/// the moment of every event.
pub(super) fn extent(
    filter: &Filter,
    moments: impl FnOnce(&mut dyn FnMut(u64)) -> Result<(), Failed>,
) -> Result<Option<(u64, u64)>, Failed> {
    let mut extent = Extent::of(filter);
    if extent.is_open() {
        moments(&mut |ms| extent.event(ms))?;
    }
    Ok(extent.finish())
}

pub(super) fn top(connection: &Connection, question: &Top) -> Result<TopAnswer, Failed> {
    let (mut numbers, mut names) = (HashMap::new(), Vec::<(EventType, String)>::new());
    let mut groups = Groups::default();
    Scan::new(connection, &question.filter)?.run(
        |event| {
            let number = *numbers.entry(event.name_id).or_insert_with(|| {
                names.push((event.sort, event.name.to_owned()));
                names.len() - 1
            });
            Ok(Some(Label(0, number)))
        },
        |person, _, label| groups.event(person, Some(label.1)),
    )?;
    let ranked = groups.ranked(|number| names.get(number).map(|(sort, name)| (sort.as_str(), name)));
    let named = |number: &usize| {
        let (sort, name) = names.get(*number).cloned()?;
        let Sum { events, people } = groups.sum(*number);
        Some(NamedSum { sort, name, events, people })
    };
    let events = ranked.iter().take(count(question.limit)).filter_map(named).collect();
    let all = u64::try_from(ranked.len()).unwrap_or(u64::MAX);
    Ok(TopAnswer { events, names: all, total: groups.total() })
}

pub(super) fn breakdown(connection: &Connection, question: &Breakdown) -> Result<BreakdownAnswer, Failed> {
    let scan = Scan::new(connection, &question.filter)?.with_properties(true);
    let (mut values, mut groups) = (Values::new(&question.by), Groups::default());
    scan.run(
        |event| Ok(Some(Label(0, values.number(event.properties)?))),
        |person, _, label| groups.event(person, Some(label.1)),
    )?;
    let mut ranked = groups.ranked(|number| values.text(number));
    let rest = ranked.split_off(ranked.len().min(count(question.by.limit)));
    let other = if rest.is_empty() {
        None
    } else {
        // Read once more: who is in two of the rest is one, and only now it is known which values are the rest.
        let rest: HashSet<usize> = rest.into_iter().collect();
        let mut others = Groups::default();
        scan.run(
            |event| {
                Ok(Some(values.number(event.properties)?).filter(|number| rest.contains(number)).map(|n| Label(0, n)))
            },
            |person, _, _| others.event(person, None),
        )?;
        Some(others.total())
    };
    let sums = ranked.into_iter().map(|number| {
        let Sum { events, people } = groups.sum(number);
        ValueSum { value: values.value(number), events, people }
    });
    Ok(BreakdownAnswer { values: sums.collect(), other, total: groups.total() })
}

fn count(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
