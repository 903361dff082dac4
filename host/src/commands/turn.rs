//! Gathers the operations of requests that follow each other, runs them as one batch, and writes the replies.

use outrigger_plugin_api::sdk::cache::{Capabilities, OpResult, Reply};

use super::{
    Engine, Session,
    fault::{self, Fault},
    form::Form,
    plan::{Ops, Planner},
};
use crate::{
    call::CallError,
    clock,
    resp::{Arguments, Replies, Requests},
};

/// What waits for the next batch: requests by number, each with the form of its reply.
#[derive(Default)]
pub(super) struct Turn<'a> {
    pub(super) ops: Ops<'a>,
    pub(super) forms: Vec<Form>,
    first: usize,
    pub(super) able: Able,
}

/// What the provider can do, once it was asked.
pub(super) type Able = Option<Capabilities>;

impl Engine {
    /// Adds a request's operations, or none where it can't be run.
    #[inline]
    pub(super) fn plan<'a>(&self, plan: Planner, args: Arguments<'a>, ops: &mut Ops<'a>, able: &mut Able) -> Form {
        let before = ops.len();
        match plan(args, ops).and_then(|form| self.able(ops, before, able).map(|()| form)) {
            Ok(form) => form,
            Err(fault) => {
                ops.truncate(before);
                Form::Fault(fault)
            }
        }
    }

    /// Refuses what the provider can't do, so that it costs the neighbours in a batch nothing.
    #[inline]
    fn able(&self, ops: &Ops<'_>, before: usize, able: &mut Able) -> Result<(), Fault> {
        let known = match able {
            Some(known) => *known,
            None => {
                let known = self.calls.capabilities().map_err(|error| fault::of_call(&error))?;
                *able.insert(known)
            }
        };
        match ops.iter().skip(before).find(|op| !known.has(op.code())) {
            Some(op) => Err(fault::unsupported(format_args!("this cache can't run {:?}", op.code()))),
            None => Ok(()),
        }
    }

    /// Runs what waits and writes its replies.
    #[inline]
    pub(super) async fn flush(
        &self,
        session: &Session,
        turn: &mut Turn<'_>,
        requests: Requests<'_>,
        out: &mut Replies,
    ) {
        if turn.forms.is_empty() {
            return;
        }
        let (began, count) = (clock::now(), turn.forms.len());
        match turn.ops.as_slice() {
            [op] => {
                let mut result = std::iter::once(self.calls.run(op).await);
                let mut single = std::iter::from_fn(|| result.next().map(own));
                turn.forms.drain(..).for_each(|form| form.write(&mut single, out));
            }
            [] => turn.forms.drain(..).for_each(|form| form.write(&mut std::iter::empty(), out)),
            ops => match self.calls.batch(ops).await {
                Ok(results) => {
                    let mut results = results.into_iter();
                    turn.forms.drain(..).for_each(|form| form.write(&mut results, out));
                }
                Err(error) => refuse_all(&fault::of_call(&error), turn.forms.drain(..), out),
            },
        }
        turn.ops.clear();
        if !self.options.slower_than.is_zero() && clock::since(began) >= self.options.slower_than {
            let slow = (turn.first..turn.first + count).filter_map(|number| requests.get(number));
            slow.for_each(|args| self.slow.note(session, args, clock::since(began)));
        }
    }
}

impl Turn<'_> {
    #[inline]
    pub(super) fn add(&mut self, number: usize, form: Form) {
        if self.forms.is_empty() {
            self.first = number;
        }
        self.forms.push(form);
    }

    /// Answers with an error, in its turn.
    #[cold]
    pub(super) fn refuse(&mut self, number: usize, fault: Fault, out: &mut Replies) {
        if self.forms.is_empty() { out.error(&fault) } else { self.add(number, Form::Fault(fault)) }
    }
}

/// Turns the error of a single call into that of its operation, in our words where it is not the provider's.
fn own(result: Result<Reply, CallError>) -> OpResult {
    result.map_err(|error| match error {
        CallError::Provider { error, .. } => error,
        other => fault::as_provider(&other),
    })
}

#[cold]
pub(super) fn refuse_all(fault: &Fault, forms: impl Iterator<Item = Form>, out: &mut Replies) {
    for form in forms {
        match form {
            Form::Fault(own) => out.error(&own),
            _ => out.error(fault),
        }
    }
}
