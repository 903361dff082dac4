//! Health, abandoned calls, the end.

use std::{future::poll_fn, pin::pin, task::Poll};

use super::super::{Case, Fixture, Stop, Subject, sample};
use crate::sdk::{Call, Health};

pub(super) async fn health_is_serving<S: Subject>(fixture: &Fixture<S>) -> Case {
    match fixture.subject.health(Call::unbounded()).await? {
        Health::Serving => Ok(()),
        Health::Degraded(why) => Err(Stop::Failed(format!("a fresh provider is degraded: {why}"))),
    }
}

pub(super) async fn dropped_future_leaves_it_usable<S: Subject>(fixture: &Fixture<S>) -> Case {
    let promise = fixture.subject.promise();
    for polled in 0..20 {
        let mut call = pin!(fixture.subject.deliver(Call::unbounded(), vec![sample::any(&promise, "dropped")]));
        // Dropped unpolled, after the first poll, and after several: each leaves the work at another place.
        for _ in 0..polled % 4 {
            let ended = poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_ready())).await;
            if ended {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    fixture.taken(vec![sample::any(&promise, "after")]).await?;
    fixture.subject.flush(Call::unbounded()).await?;
    Ok(())
}

pub(super) async fn shutdown_twice_is_fine<S: Subject>(fixture: &Fixture<S>) -> Case {
    fixture.taken(vec![sample::any(&fixture.subject.promise(), "before")]).await?;
    fixture.subject.shutdown(Call::unbounded()).await?;
    fixture.subject.shutdown(Call::unbounded()).await?;
    Ok(())
}

pub(super) async fn deliver_after_shutdown_is_an_error<S: Subject>(fixture: &Fixture<S>) -> Case {
    let promise = fixture.subject.promise();
    fixture.subject.shutdown(Call::unbounded()).await?;
    let result = fixture.subject.deliver(Call::unbounded(), vec![sample::any(&promise, "late")]).await;
    super::no_panic(&result)?;
    match result {
        Err(_) => Ok(()),
        Ok(verdicts) if verdicts.iter().any(super::is_taken) => {
            Err(Stop::Failed("a record was called delivered after the shutdown".to_owned()))
        }
        Ok(_) => Ok(()),
    }
}
