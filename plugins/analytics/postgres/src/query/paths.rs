//! Funnels and retention.

use outrigger_analytics_query::{self as algorithm, Buckets, Values};
use outrigger_plugin_api::sdk::analytics::query::{
    Funnel, FunnelAnswer, RETENTION_PERIODS_MAX, Retention, RetentionAnswer, Selector,
};

use super::{
    failed::Failed,
    reading::Reading,
    scan::{Event, Order, Scan},
    trends::extent,
};

pub(super) async fn funnel(reading: &Reading<'_>, question: &Funnel) -> Result<FunnelAnswer, Failed> {
    let Funnel { filter, steps, window_ms, by } = question;
    let conditions = steps.iter().any(|step| !step.conditions.is_empty());
    let scan = Scan::new(reading, filter).await?.among(steps).with_properties(conditions || by.is_some());
    let mut values = by.as_ref().map(Values::new);
    let mut funnel = algorithm::Funnel::new(steps.len(), *window_ms);
    scan.run(Order::ByPerson, |event| {
        let fits = bits(steps, &event);
        // The value of a first step is all that is asked for.
        let value = match &mut values {
            Some(values) if fits & 1 == 1 => values.number(event.properties)?,
            _ => 0,
        };
        if fits != 0 {
            funnel.event(event.person, event.ms, fits, value);
        }
        Ok(())
    })
    .await?;
    Ok(funnel.finish(by.as_ref().zip(values.as_ref())))
}

pub(super) async fn retention(reading: &Reading<'_>, question: &Retention) -> Result<RetentionAnswer, Failed> {
    let Retention { filter, first, back, period, zone } = question;
    let selectors = [first.clone(), back.clone()];
    let conditions = selectors.iter().any(|selector| !selector.conditions.is_empty());
    let scan = Scan::new(reading, filter).await?.among(&selectors).with_properties(conditions);
    let periods = match extent(&scan, filter, |event| bits(&selectors, event) != 0).await? {
        Some(time) => Buckets::new(zone.as_deref(), (period.interval(), "/period"), time, RETENTION_PERIODS_MAX)?,
        None => Buckets::none(zone.as_deref())?,
    };
    let mut retention = algorithm::Retention::new(periods);
    scan.run(Order::ByPerson, |event| {
        let fits = bits(&selectors, &event);
        if fits != 0 {
            retention.event(event.person, event.ms, fits & 1 != 0, fits & 2 != 0);
        }
        Ok(())
    })
    .await?;
    Ok(retention.finish())
}

/// Returns a bit for each selector that takes the event, the first selector's the lowest.
fn bits(selectors: &[Selector], event: &Event<'_>) -> u16 {
    selectors.iter().enumerate().fold(0, |bits, (place, selector)| {
        bits | u16::from(selector.takes(event.sort, event.name, event.properties)) << place
    })
}
