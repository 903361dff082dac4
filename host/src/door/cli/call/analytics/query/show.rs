//! Answers as tables for people.

use serde_json::Value;

use crate::{
    clock::rfc3339,
    door::cli::output::{plain, table},
};

fn head(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn items<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn text(value: &Value, name: &str) -> String {
    plain(value.get(name).and_then(Value::as_str).unwrap_or_default())
}

fn number(value: &Value, name: &str) -> String {
    value.get(name).map(Value::to_string).unwrap_or_default()
}

fn numbers(value: &Value) -> Vec<u64> {
    value.as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
}

/// A line with the counts of `sum` behind what they are of.
fn sums(mut of: Vec<String>, sum: &Value) -> Vec<String> {
    of.extend([number(sum, "events"), number(sum, "people")]);
    of
}

pub(super) fn counts(question: &Value, answer: &Value) -> String {
    let total = answer.get("total").unwrap_or(&Value::Null);
    let Some(interval) = question.get("interval").and_then(Value::as_str) else {
        return table(&[head(&["EVENTS", "PEOPLE"]), sums(Vec::new(), total)]);
    };
    let mut rows = vec![head(&[&interval.to_uppercase(), "EVENTS", "PEOPLE"])];
    rows.extend(items(answer, "points").map(|point| sums(vec![moment(interval, &text(point, "start"))], point)));
    rows.push(sums(head(&["total"]), total));
    table(&rows)
}

/// Hours with their time and offset, else the date.
fn moment(interval: &str, start: &str) -> String {
    match start.split_once('T') {
        Some((date, _)) if interval != "hour" => date.to_owned(),
        _ => start.to_owned(),
    }
}

pub(super) fn top(_question: &Value, answer: &Value) -> String {
    let mut rows = vec![head(&["TYPE", "NAME", "EVENTS", "PEOPLE"])];
    rows.extend(items(answer, "events").map(|event| sums(vec![text(event, "type"), text(event, "name")], event)));
    let all = format!("all {} names", number(answer, "names"));
    rows.push(sums(vec!["total".to_owned(), all], answer.get("total").unwrap_or(&Value::Null)));
    table(&rows)
}

/// A text as it is, other values as JSON, none as a dash.
fn scalar(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => plain(text),
        Some(other) => other.to_string(),
    }
}

fn property(question: &Value) -> String {
    plain(question.pointer("/by/property").and_then(Value::as_str).unwrap_or_default()).to_uppercase()
}

pub(super) fn breakdown(question: &Value, answer: &Value) -> String {
    let mut rows = vec![head(&[&property(question), "EVENTS", "PEOPLE"])];
    rows.extend(items(answer, "values").map(|value| sums(vec![scalar(value.get("value"))], value)));
    if let Some(other) = answer.get("other") {
        rows.push(sums(head(&["other"]), other));
    }
    rows.push(sums(head(&["total"]), answer.get("total").unwrap_or(&Value::Null)));
    table(&rows)
}

/// An event as it was asked for.
fn selector(selector: &Value) -> String {
    match (selector.get("type").and_then(Value::as_str), selector.get("name").and_then(Value::as_str)) {
        (None, None) => "any".to_owned(),
        (None, Some(name)) => plain(name),
        (Some(sort), name) => format!("{sort}:{}", plain(name.unwrap_or_default())),
    }
}

/// A part of a whole in percent, nothing of nothing.
fn percent(part: u64, whole: u64) -> String {
    // Counts are far below 2^53, where floating point is exact.
    if whole == 0 { String::new() } else { format!("{:.1}%", part as f64 * 100.0 / whole as f64) }
}

pub(super) fn funnel(question: &Value, answer: &Value) -> String {
    let people = numbers(answer.get("people").unwrap_or(&Value::Null));
    let steps: Vec<_> = items(question, "steps").map(selector).collect();
    let mut rows = vec![head(&["STEP", "EVENT", "PEOPLE", "OF FIRST", "OF PREVIOUS"])];
    let first = people.first().copied().unwrap_or(0);
    let mut previous = first;
    for ((step, event), count) in (1..).zip(&steps).zip(people) {
        let (of_first, of_previous) = (percent(count, first), percent(count, previous));
        rows.push(vec![format!("{step}"), event.clone(), count.to_string(), of_first, of_previous]);
        previous = count;
    }
    let shown = table(&rows);
    if question.get("by").is_none_or(Value::is_null) {
        return shown;
    }
    let mut rows = vec![[property(question)].into_iter().chain(steps).collect::<Vec<_>>()];
    let row = |of: String, people: &Value| {
        [of].into_iter().chain(numbers(people).iter().map(ToString::to_string)).collect::<Vec<_>>()
    };
    rows.extend(items(answer, "values").map(|value| row(scalar(value.get("value")), &value["people"])));
    rows.extend(answer.get("other").map(|other| row("other".to_owned(), other)));
    format!("{shown}\n\n{}", table(&rows))
}

pub(super) fn retention(question: &Value, answer: &Value) -> String {
    let period = question.get("period").and_then(Value::as_str).unwrap_or_default();
    let cohorts: Vec<_> = items(answer, "cohorts").collect();
    let mut heads = head(&["BEGAN", "PEOPLE"]);
    heads.extend((0..cohorts.len()).map(|distance| format!("{} {distance}", period.to_uppercase())));
    let mut rows = vec![heads];
    rows.extend(cohorts.into_iter().map(|cohort| {
        let people = cohort.get("people").and_then(Value::as_u64).unwrap_or(0);
        let returned = numbers(cohort.get("returned").unwrap_or(&Value::Null));
        let mut row = vec![moment(period, &text(cohort, "start")), people.to_string()];
        row.extend(returned.into_iter().map(|count| percent(count, people)));
        row
    }));
    table(&rows)
}

pub(super) fn timeline(question: &Value, answer: &Value) -> String {
    let events: Vec<_> = items(answer, "events").collect();
    if events.is_empty() {
        return "no events".to_owned();
    }
    let mut rows = vec![head(&["TIME", "TYPE", "NAME", "PROPERTIES"])];
    rows.extend(events.into_iter().map(|event| {
        let [time, _, sort, name, properties] = event_cells(event);
        vec![time, sort, name, properties]
    }));
    let shown = table(&rows);
    match answer.get("cursor").and_then(Value::as_str) {
        Some(cursor) if question.get("limit").is_some() => format!("{shown}\n\nmore with --cursor {}", plain(cursor)),
        _ => shown,
    }
}

/// Time, user, type, name and properties of an event.
pub(super) fn event_cells(event: &Value) -> [String; 5] {
    let time = event.get("timestamp_ms").and_then(Value::as_u64).map(rfc3339).unwrap_or_default();
    let properties = event.get("properties").filter(|value| value.as_object().is_some_and(|object| !object.is_empty()));
    // JSON escapes every control character itself.
    let properties = properties.map(Value::to_string).unwrap_or_default();
    [time, text(event, "user_id"), text(event, "type"), text(event, "name"), properties]
}

pub(super) fn removed(answer: &Value) -> String {
    let mut rows = vec![head(&["PROVIDER", "EVENTS", "IDS"])];
    rows.extend(
        items(answer, "providers").map(|one| vec![text(one, "provider"), number(one, "events"), number(one, "ids")]),
    );
    let others: Vec<_> = items(answer, "not_asked").filter_map(Value::as_str).map(plain).collect();
    let shown = table(&rows);
    if others.is_empty() { shown } else { format!("{shown}\n\nnot removed from: {}", others.join(", ")) }
}

#[cfg(test)]
mod tests;
