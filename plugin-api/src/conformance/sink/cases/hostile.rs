//! Records that mean harm, or come from a broken client: no panic, a verdict each, and the next one is taken.

use serde_json::{Value, json};

use super::super::{Case, Fixture, RawRecord, Stop, Subject, ensure, sample};
use crate::manifest::Kind;
use crate::sdk::{Call, ErrorKind, sink::Verdict};

impl<S: Subject> Fixture<S> {
    /// Delivers each record alone, then all at once, then a good one that has to be taken.
    async fn survives(&self, hostile: Vec<RawRecord>) -> Result<Vec<Verdict>, Stop> {
        let mut verdicts = Vec::new();
        for record in &hostile {
            verdicts.extend(self.verdicts(vec![record.clone()]).await?);
        }
        self.verdicts(hostile).await?;
        self.taken(vec![sample::any(&self.subject.promise(), "after")]).await?;
        Ok(verdicts)
    }
}

pub(super) async fn control_characters_are_harmless<S: Subject>(fixture: &Fixture<S>) -> Case {
    let promise = fixture.subject.promise();
    let texts = [
        "\u{1b}[2J\u{1b}]0;title\u{7}\u{1b}[31mred",
        "line\r\n2026-11-23T00:00:00Z ERROR error forged",
        "\0 nul \u{8}\u{7f}\u{9b}31m \u{202e}reversed\u{2066}",
        "\u{feff}\u{fffe}\u{10ffff}",
        "",
    ];
    let each = |text: &&str| {
        let text = (*text).to_owned();
        sample::sorts(&promise).into_iter().map(move |sort| sample::good(promise.kind, sort, &text))
    };
    fixture.survives(texts.iter().flat_map(each).collect()).await.map(drop)
}

pub(super) async fn invalid_surrogates_are_harmless<S: Subject>(fixture: &Fixture<S>) -> Case {
    let promise = fixture.subject.promise();
    let record = sample::any(&promise, "MARK");
    let text = String::from_utf8_lossy(&record.body).into_owned();
    let lone = ["\\ud800", "\\udc00", "\\ud800\\ud800", "\\ud800x"];
    let mut hostile: Vec<_> = lone.iter().map(|lone| sample::raw(record.sort, text.replace("MARK", lone))).collect();
    let mut bytes = record.body.to_vec();
    bytes.extend_from_slice(b"\xff\xfe");
    hostile.push(sample::raw(record.sort, bytes));
    let verdicts = fixture.survives(hostile).await?;
    ensure(!matches!(verdicts.last(), Some(verdict) if super::is_taken(verdict)), || {
        "invalid UTF-8 was taken".to_owned()
    })
}

/// One text of 1 MiB: beyond every vendor's bound for a field, within every door's bound for a record.
const TEXT_BYTES: usize = 1 << 20;

pub(super) async fn large_text_is_harmless<S: Subject>(fixture: &Fixture<S>) -> Case {
    let promise = fixture.subject.promise();
    let text = "ä".repeat(TEXT_BYTES / 2);
    let sorts = sample::sorts(&promise).into_iter();
    fixture.survives(sorts.map(|sort| sample::good(promise.kind, sort, &text)).collect()).await.map(drop)
}

pub(super) async fn deep_nesting_is_harmless<S: Subject>(fixture: &Fixture<S>) -> Case {
    let promise = fixture.subject.promise();
    let sort = sample::any(&promise, "").sort;
    let holder = if promise.kind == Kind::Analytics { "context" } else { "extra" };
    let nested = |depth: usize| {
        let body = String::from_utf8_lossy(&sample::any(&promise, "deep").body).into_owned();
        let mut object: serde_json::Map<String, Value> = serde_json::from_str(&body).unwrap_or_default();
        object.insert(holder.to_owned(), json!({"deep": "MARK"}));
        let value = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        sample::raw(sort, Value::Object(object).to_string().replace("\"MARK\"", &value))
    };
    // A hundred levels are legal; a hundred thousand overflow the stack of a reader that recurses without a bound.
    let verdicts = fixture.survives(vec![nested(100), nested(1_000), nested(100_000)]).await?;
    ensure(!verdicts.iter().skip(1).any(super::is_taken), || format!("absurd nesting was taken: {verdicts:?}"))
}

pub(super) async fn bodies_that_lie_are_rejected<S: Subject>(fixture: &Fixture<S>) -> Case {
    let sort = sample::any(&fixture.subject.promise(), "").sort;
    let bodies = ["", "null", "[]", "{}", "0", "\"text\"", "{\"type\":\"nonsense\"}", "{\"type\":7}"];
    let verdicts = fixture.survives(bodies.iter().map(|body| sample::raw(sort, *body)).collect()).await?;
    let rejected = |verdict: &Verdict| matches!(verdict, Verdict::Rejected(_));
    ensure(verdicts.iter().all(rejected), || format!("got {verdicts:?}"))?;
    // A single such record is the record's fault, never the call's.
    match fixture.subject.deliver(Call::unbounded(), vec![sample::raw(sort, "{")]).await {
        Err(error) if error.kind == ErrorKind::Panicked => Err(Stop::Failed(error.message)),
        other => ensure(other.is_ok(), || format!("one bad record failed the call: {other:?}")),
    }
}
