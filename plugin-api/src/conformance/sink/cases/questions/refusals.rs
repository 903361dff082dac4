//! Questions that make no sense: each is refused with the member at fault.

use serde_json::json;

use super::super::super::{Case, Fixture, Subject, ensure};
use crate::sdk::ErrorKind;

pub(crate) async fn a_question_without_sense_names_its_member<S: Subject>(fixture: &Fixture<S>) -> Case {
    fixture.knows().await?;
    for (question, pointer) in [
        (json!({ "query": "top", "limit": 0 }), "/limit"),
        (json!({ "query": "counts", "interval": "day", "zone": "Mars/Olympus_Mons" }), "/zone"),
        (
            json!({ "query": "counts", "interval": "hour", "filter": { "from_ms": 0, "to_ms": 1_792_368_000_000_u64 } }),
            "/interval",
        ),
        (json!({ "query": "retention", "first": {}, "return": {}, "period": "day", "zone": "+25:00" }), "/zone"),
        (
            json!({ "query": "retention", "first": {}, "return": {}, "period": "day", "filter": { "from_ms": 0 } }),
            "/period",
        ),
        (json!({ "query": "funnel", "steps": [{}], "window_ms": 1 }), "/steps"),
        (json!({ "query": "export", "cursor": "no cursor of mine" }), "/cursor"),
        (json!({ "query": "live", "cursor": "no cursor of mine" }), "/cursor"),
        (json!({ "query": "timeline", "user_id": "ann", "cursor": "no cursor of mine" }), "/cursor"),
    ] {
        let message = fixture.refuses(question, ErrorKind::Invalid).await?;
        ensure(message.starts_with(&format!("{pointer} ")), || format!("it does not begin with {pointer}: {message}"))?;
    }
    Ok(())
}

pub(crate) async fn an_unknown_question_is_unsupported<S: Subject>(fixture: &Fixture<S>) -> Case {
    fixture.knows().await?;
    let message = fixture.refuses(json!({ "query": "of a later version" }), ErrorKind::Unsupported).await?;
    ensure(message.contains("counts"), || format!("it does not say what can be asked: {message}"))
}
