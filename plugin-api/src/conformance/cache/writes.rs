//! Conditional writes, and what a batch promises.

use super::trial::{Checked, STORED, Trial, delete, get, require, set, show, value};
use crate::sdk::cache::{Condition, Expiry, Op, OpResult, Reply};
use crate::sdk::{Bytes, Call, ErrorKind};

fn set_if(key: &Bytes, text: &'static str, condition: Condition, return_old: bool) -> Op<Bytes> {
    Op::Set { key: key.clone(), value: text.into(), expiry: Expiry::Never, condition, return_old }
}

fn old(text: &'static str) -> Option<crate::sdk::cache::Value> {
    Some(text.to_owned().into())
}

pub(super) async fn set_honours_its_condition(t: &Trial) -> Checked {
    let k = t.key("k");
    use Condition::{IfAbsent, IfPresent};
    t.steps([
        (set_if(&k, "a", IfPresent, false), Reply::NotStored(None)),
        (get(&k), Reply::Missing),
        (set_if(&k, "b", IfAbsent, false), STORED),
        (set_if(&k, "c", IfAbsent, false), Reply::NotStored(None)),
        (get(&k), value("b")),
        (set_if(&k, "d", IfPresent, false), STORED),
        (get(&k), value("d")),
        // An empty value is a value.
        (set_if(&k, "", IfPresent, false), STORED),
        (set_if(&k, "e", IfAbsent, false), Reply::NotStored(None)),
        (get(&k), value("")),
    ])
    .await
}

pub(super) async fn set_returns_the_old_value_where_asked(t: &Trial) -> Checked {
    let k = t.key("k");
    use Condition::{Always, IfAbsent, IfPresent};
    t.steps([
        (set_if(&k, "a", IfPresent, true), Reply::NotStored(None)),
        (set_if(&k, "a", Always, true), Reply::Stored(None)),
        (set_if(&k, "b", Always, true), Reply::Stored(old("a"))),
        (set_if(&k, "c", IfAbsent, true), Reply::NotStored(old("b"))),
        (get(&k), value("b")),
        (set_if(&k, "", IfPresent, true), Reply::Stored(old("b"))),
        (set_if(&k, "d", IfPresent, true), Reply::Stored(old(""))),
        (delete(&k), Reply::Yes),
        (set_if(&k, "e", IfAbsent, true), Reply::Stored(None)),
        (get(&k), value("e")),
    ])
    .await
}

async fn batch(t: &Trial, ops: Vec<Op<Bytes>>) -> Checked<Vec<OpResult>> {
    let asked = ops.len();
    let results = t.subject.run(Call::unbounded(), ops).await.map_err(|error| format!("the batch failed: {error}"))?;
    require(results.len() == asked, || format!("{asked} operations got {} results", results.len()))?;
    Ok(results)
}

fn all(results: &[OpResult], expected: &[Reply]) -> Checked {
    for (index, (got, wanted)) in results.iter().zip(expected).enumerate() {
        require(got.as_ref() == Ok(wanted), || format!("operation {} answered {}", index + 1, show(got)))?;
    }
    require(results.len() == expected.len(), || format!("{} results", results.len()))
}

pub(super) async fn a_batch_runs_in_order(t: &Trial) -> Checked {
    let (k, l) = (t.key("k"), t.key("l"));
    let append = |text: &'static str| Op::Append { key: k.clone(), value: text.into() };
    let ops = vec![get(&k), set(&k, "a"), append("b"), set(&l, "x"), append("c"), get(&k), delete(&l), get(&l)];
    let expected = [
        Reply::Missing,
        STORED,
        Reply::Integer(2),
        STORED,
        Reply::Integer(3),
        value("abc"),
        Reply::Yes,
        Reply::Missing,
    ];
    all(&batch(t, ops).await?, &expected)
}

pub(super) async fn a_failing_operation_leaves_its_neighbours(t: &Trial) -> Checked {
    let (k, l) = (t.key("k"), t.key("l"));
    let ops = vec![set(&k, "text"), Op::Increment { key: k.clone(), by: 1, expiry: Expiry::Never }, set(&l, "after")];
    let results = batch(t, ops).await?;
    match results.as_slice() {
        [Ok(first), Err(error), Ok(last)] if *first == STORED && *last == STORED => {
            require(error.kind == ErrorKind::Invalid, || format!("the middle answered `{error}`"))?;
        }
        other => return Err(format!("answered {}", other.iter().map(show).collect::<Vec<_>>().join(", "))),
    }
    t.steps([(get(&k), value("text")), (get(&l), value("after"))]).await
}

pub(super) async fn an_empty_batch_answers_nothing(t: &Trial) -> Checked {
    batch(t, vec![]).await.map(drop)
}

pub(super) async fn a_batch_of_a_thousand_answers_each(t: &Trial) -> Checked {
    let keys: Vec<Bytes> = (0..1000).map(|number: u32| t.key(number.to_be_bytes())).collect();
    let writes = keys.iter().map(|key| set(key, key.clone())).collect();
    all(&batch(t, writes).await?, &vec_of(|_| STORED, &keys))?;
    let reads = keys.iter().map(get).collect();
    all(&batch(t, reads).await?, &vec_of(|key| value(key.to_vec()), &keys))
}

fn vec_of(reply: impl Fn(&Bytes) -> Reply, keys: &[Bytes]) -> Vec<Reply> {
    keys.iter().map(reply).collect()
}
