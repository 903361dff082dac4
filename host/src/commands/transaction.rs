//! MULTI and EXEC: requests that are kept, then run as one atomic group if no watched key has changed.

use outrigger_plugin_api::sdk::cache::{Group, Op, OpResult, Reply, Watched};

use super::{
    Engine, Session,
    fault::{self, Fault},
    form::Form,
    plan::Ops,
    table::{Act, Row, find},
    turn::{Able, refuse_all},
};
use crate::{
    call::CallError,
    resp::{Arguments, Replies, Requests, Span},
};

/// Requests that wait for EXEC.
#[derive(Debug, Default)]
pub(super) struct Queue {
    words: Vec<u8>,
    spans: Vec<Span>,
    ends: Vec<usize>,
    /// A request was refused: EXEC will be, too.
    spoiled: bool,
}

impl Session {
    /// Tells whether a request of this command waits for EXEC.
    #[inline]
    pub(super) fn queues(&self, row: &Row) -> bool {
        self.queue.is_some() && !matches!(row.name, "exec" | "discard" | "multi" | "watch" | "quit" | "reset")
    }

    pub(super) fn enqueue(&mut self, args: Arguments<'_>, bytes_max: usize) -> Result<(), Fault> {
        let Some(queue) = &mut self.queue else { return Ok(()) };
        let bytes: usize = args.from(0).map(<[u8]>::len).sum();
        if queue.words.len().saturating_add(bytes) > bytes_max {
            queue.spoiled = true;
            return Err(format!("ERR this transaction's requests are more than {bytes_max} bytes").into());
        }
        for word in args.from(0) {
            queue.spans.push(Span { at: queue.words.len(), bytes: word.len() });
            queue.words.extend_from_slice(word);
        }
        queue.ends.push(queue.spans.len());
        Ok(())
    }

    /// Notes that a request was refused while others wait.
    pub(super) fn spoil(&mut self) {
        if let Some(queue) = &mut self.queue {
            queue.spoiled = true;
        }
    }

    pub(super) fn multi(&mut self, out: &mut Replies) -> Result<(), Fault> {
        if self.queue.is_some() {
            return Err("ERR MULTI calls can not be nested".into());
        }
        self.queue = Some(Queue::default());
        out.status("OK");
        Ok(())
    }

    pub(super) fn discard(&mut self, out: &mut Replies) -> Result<(), Fault> {
        if self.queue.is_none() {
            return Err("ERR DISCARD without MULTI".into());
        }
        self.leave_transaction();
        out.status("OK");
        Ok(())
    }
}

impl Engine {
    /// Notes the present state of keys.
    pub(super) async fn watch(
        &self,
        session: &mut Session,
        args: Arguments<'_>,
        out: &mut Replies,
    ) -> Result<(), Fault> {
        if session.queue.is_some() {
            return Err("ERR WATCH inside MULTI is not allowed".into());
        }
        let keys: Vec<_> = args.from(1).collect();
        let watched = self.tokens(&keys).await?;
        session.watched.extend(watched);
        out.status("OK");
        Ok(())
    }

    /// Returns keys with a token of their present state each.
    pub(super) async fn tokens(&self, keys: &[&[u8]]) -> Result<Vec<Watched>, Fault> {
        let ops: Vec<_> = keys.iter().map(|key| Op::Token { key: *key }).collect();
        let results = self.batch(&ops).await?;
        let watched = |(key, result): (&&[u8], OpResult)| match result {
            Ok(Reply::Value(token)) => Ok(Watched { key: key.to_vec().into(), token: token.into() }),
            Ok(_) => Err(fault::internal("a token that is none")),
            Err(error) => Err(fault::of_provider(&error)),
        };
        keys.iter().zip(results).map(watched).collect()
    }

    pub(super) async fn batch(&self, ops: &Ops<'_>) -> Result<Vec<OpResult>, Fault> {
        self.calls.batch(ops).await.map_err(|error| fault::of_call(&error))
    }

    pub(super) async fn group(&self, watched: &[Watched], ops: &Ops<'_>) -> Result<Group, CallError> {
        self.calls.group(watched, ops).await
    }

    /// Runs one request's operations as one step and writes its reply.
    pub(super) async fn step(&self, ops: &Ops<'_>, form: Form, out: &mut Replies) {
        let done = match ops.as_slice() {
            [] => Ok(Vec::new()),
            [_] => self.batch(ops).await,
            _ => match self.group(&[], ops).await {
                Ok(Group::Ran(results)) => Ok(results),
                Ok(Group::Changed) => Err(fault::internal("a group that watches nothing did not run")),
                Err(error) => Err(fault::of_call(&error)),
            },
        };
        match done {
            Ok(results) => form.write(&mut results.into_iter(), out),
            Err(fault) => refuse_all(&fault, std::iter::once(form), out),
        }
    }

    /// Runs what waits. Requests that are operations run as one atomic group; between others, such as SCAN, the groups
    /// are several, and only the first sees to the watched keys.
    pub(super) async fn exec(&self, session: &mut Session, out: &mut Replies) -> Result<(), Fault> {
        let Some(queue) = session.queue.take() else { return Err("ERR EXEC without MULTI".into()) };
        let mut watched = std::mem::take(&mut session.watched);
        if queue.spoiled {
            return Err("EXECABORT Transaction discarded because of previous errors.".into());
        }
        let requests = Requests::new(&queue.words, &queue.spans, &queue.ends);
        let (mut ops, mut forms, mut able): (Ops<'_>, Vec<Form>, Able) = Default::default();
        let mark = out.mark();
        out.list(requests.len());
        for number in 0..requests.len() {
            let Some(args) = requests.get(number) else { continue };
            match find(args.get(0)).map(|(_, row)| row.act) {
                Some(Act::Ops(plan) | Act::Step(plan)) => {
                    let form = self.plan(plan, args, &mut ops, &mut able);
                    if !matches!(form, Form::FlagIfExpiring) {
                        forms.push(form);
                        continue;
                    }
                    let op = ops.pop();
                    if !self.part(&mut watched, &mut ops, &mut forms, out).await? {
                        return changed(mark, out);
                    }
                    self.expire_if_expiring(op, out).await;
                }
                Some(act) => {
                    if !self.part(&mut watched, &mut ops, &mut forms, out).await? {
                        return changed(mark, out);
                    }
                    let done = match act {
                        Act::Connection(answer) => answer(self, session, args, out),
                        Act::Alone(alone) => Box::pin(self.alone(alone, session, args, out)).await,
                        Act::Ops(_) | Act::Step(_) => Ok(()),
                    };
                    done.unwrap_or_else(|fault| out.error(&fault));
                }
                None => out.error("ERR unknown command"),
            }
        }
        if !self.part(&mut watched, &mut ops, &mut forms, out).await? {
            return changed(mark, out);
        }
        Ok(())
    }

    /// Runs operations as one group; `false` where a watched key has changed. An error before anything ran is EXEC's own.
    async fn part(
        &self,
        watched: &mut Vec<Watched>,
        ops: &mut Ops<'_>,
        forms: &mut Vec<Form>,
        out: &mut Replies,
    ) -> Result<bool, Fault> {
        if ops.is_empty() && watched.is_empty() {
            forms.drain(..).for_each(|form| form.write(&mut std::iter::empty(), out));
            return Ok(true);
        }
        let first = !watched.is_empty();
        let done = if first || ops.len() > 1 {
            self.group(watched, ops).await.map_err(|error| fault::of_call(&error))
        } else {
            self.batch(ops).await.map(Group::Ran)
        };
        watched.clear();
        match done {
            Ok(Group::Changed) => return Ok(false),
            Ok(Group::Ran(results)) => {
                let mut results = results.into_iter();
                forms.drain(..).for_each(|form| form.write(&mut results, out));
            }
            Err(fault) if first => return Err(fault),
            Err(fault) => refuse_all(&fault, forms.drain(..), out),
        }
        ops.clear();
        Ok(true)
    }
}

/// Answers that nothing was run.
fn changed(mark: usize, out: &mut Replies) -> Result<(), Fault> {
    out.cut(mark);
    out.null_list();
    Ok(())
}
