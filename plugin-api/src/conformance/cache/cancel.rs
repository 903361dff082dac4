//! Calls that the host gives up on.

use std::{future::poll_fn, task::Poll, time::Duration};

use super::trial::{Checked, STORED, Trial, get, require, set, show, value};
use crate::sdk::cache::{Op, Reply};
use crate::sdk::{Bytes, Call};

/// How long a call runs before it is dropped: not at all, one poll, and then spread over a fast call's life.
const DROPPED_AFTER_US: [u64; 12] = [0, 10, 20, 40, 80, 120, 160, 250, 400, 600, 1000, 2000];

pub(super) async fn a_dropped_call_is_all_or_nothing(t: &Trial) -> Checked {
    let k = t.key("k");
    // Long enough that a partial write would show.
    let (old, new) = (Bytes::from(vec![b'o'; 64 << 10]), Bytes::from(vec![b'n'; 64 << 10]));
    for wait in DROPPED_AFTER_US {
        t.expect(set(&k, old.clone()), STORED).await?;
        {
            let mut call = t.subject.run(Call::unbounded(), vec![set(&k, new.clone())]);
            if wait > 0 {
                let _ = poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_ready())).await;
            }
            if wait > 10 {
                // Ends by the answer or by the drop, whichever comes first: both must leave a whole value.
                let _ = tokio::time::timeout(Duration::from_micros(wait), poll_fn(|_| Poll::<()>::Pending)).await;
            }
        }
        let result = t.run(get(&k)).await;
        let whole = result == Ok(Reply::Value(old.clone().into())) || result == Ok(Reply::Value(new.clone().into()));
        require(whole, || format!("dropped after {wait} µs, the value is {}", show(&result)))?;
    }
    t.steps([(set(&k, "after"), STORED), (get(&k), value("after"))]).await
}

pub(super) async fn a_tiny_budget_breaks_nothing(t: &Trial) -> Checked {
    let k = t.key("k");
    for budget in [1, 10, 100, 1000] {
        let call = Call::within(Duration::from_micros(budget));
        let ops: Vec<Op<Bytes>> = (0..50).map(|_| set(&k, "in time")).collect();
        // Either way of ending is right; what counts is that the next call is served.
        let _ = t.subject.run(call, ops).await;
        t.expect(get(&t.key("never written")), Reply::Missing).await?;
    }
    let result = t.run(get(&k)).await;
    let whole = matches!(&result, Ok(Reply::Missing)) || result == Ok(value("in time"));
    require(whole, || format!("the value is {}", show(&result)))?;
    t.steps([(set(&k, "after"), STORED), (get(&k), value("after"))]).await
}
