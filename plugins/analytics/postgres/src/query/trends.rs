//! Counts, the most frequent events, breakdowns.

use std::collections::{HashMap, HashSet};

use outrigger_analytics_query::{self as algorithm, Buckets, Extent, Groups, Values};
use outrigger_plugin_api::sdk::analytics::query::{
    Breakdown, BreakdownAnswer, Counts, CountsAnswer, EventType, Filter, NamedSum, POINTS_MAX, Sum, Top, TopAnswer,
    ValueSum,
};

use super::{
    failed::Failed,
    reading::Reading,
    scan::{Event, Order, Scan},
};

pub(super) async fn counts(reading: &Reading<'_>, question: &Counts) -> Result<CountsAnswer, Failed> {
    let scan = Scan::new(reading, &question.filter).await?;
    let buckets = match question.interval {
        None => None,
        Some(interval) => {
            let zone = question.zone.as_deref();
            Some(match extent(&scan, &question.filter, |_| true).await? {
                Some(time) => Buckets::new(zone, (interval, "/interval"), time, POINTS_MAX),
                None => Buckets::none(zone),
            }?)
        }
    };
    let mut counts = algorithm::Counts::new(buckets);
    scan.run(Order::ByPerson, |event| {
        counts.event(event.person, event.ms);
        Ok(())
    })
    .await?;
    Ok(counts.finish())
}

/// Returns the filter's time, an open end being where the events that are `meant` end; nothing where that leaves none.
pub(super) async fn extent(
    scan: &Scan<'_>,
    filter: &Filter,
    meant: impl Fn(&Event<'_>) -> bool,
) -> Result<Option<(u64, u64)>, Failed> {
    let mut extent = Extent::of(filter);
    if extent.is_open() {
        scan.run(Order::Any, |event| {
            if meant(&event) {
                extent.event(event.ms);
            }
            Ok(())
        })
        .await?;
    }
    Ok(extent.finish())
}

pub(super) async fn top(reading: &Reading<'_>, question: &Top) -> Result<TopAnswer, Failed> {
    let mut numbers: HashMap<EventType, HashMap<String, usize>> = HashMap::new();
    let (mut names, mut groups) = (Vec::<(EventType, String)>::new(), Groups::default());
    let scan = Scan::new(reading, &question.filter).await?;
    scan.run(Order::ByPerson, |event| {
        let of_sort = numbers.entry(event.sort).or_default();
        let number = of_sort.get(event.name).copied().unwrap_or_else(|| {
            of_sort.insert(event.name.to_owned(), names.len());
            names.push((event.sort, event.name.to_owned()));
            names.len() - 1
        });
        groups.event(event.person, Some(number));
        Ok(())
    })
    .await?;
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

pub(super) async fn breakdown(reading: &Reading<'_>, question: &Breakdown) -> Result<BreakdownAnswer, Failed> {
    let scan = Scan::new(reading, &question.filter).await?.with_properties(true);
    let (mut values, mut groups) = (Values::new(&question.by), Groups::default());
    scan.run(Order::ByPerson, |event| {
        groups.event(event.person, Some(values.number(event.properties)?));
        Ok(())
    })
    .await?;
    let mut ranked = groups.ranked(|number| values.text(number).to_owned());
    let rest: HashSet<usize> = ranked.split_off(ranked.len().min(count(question.by.limit))).into_iter().collect();
    let mut others = Groups::default();
    if !rest.is_empty() {
        // Read once more: who is in two of the rest is one, and only now it is known which values are the rest.
        scan.run(Order::ByPerson, |event| {
            if rest.contains(&values.number(event.properties)?) {
                others.event(event.person, None);
            }
            Ok(())
        })
        .await?;
    }
    let other = (!rest.is_empty()).then(|| others.total());
    let sums = ranked.into_iter().map(|number| {
        let Sum { events, people } = groups.sum(number);
        ValueSum { value: values.value(number), events, people }
    });
    Ok(BreakdownAnswer { values: sums.collect(), other, total: groups.total() })
}

fn count(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
