//! Runs requests in order and writes their replies.

use std::{net::SocketAddr, sync::Arc};

use outrigger_plugin_api::sdk::cache::Value;
use uuid::Uuid;

use super::{
    Options, Session,
    cursors::Cursors,
    form::Form,
    script::Scripts,
    session::{Answering, Clients, Connections},
    slow::SlowLog,
    table::{self, Act, CommandCounts},
    turn::Turn,
};
use crate::{
    access::Access,
    call::{CacheCalls, Read},
    clock,
    resp::{Arguments, Replies, Requests},
};

/// Operations that cross the seam as one batch at most: what a provider may hold for one client.
const BATCH_OPS_MAX: usize = 512;
/// Bytes of replies after which they are sent before more requests are run: a client that asks for more than it reads
/// must not fill the memory.
const REPLY_BYTES_MAX: usize = 1 << 20;

/// Redis' commands over the active cache. Shared by all connections.
#[derive(Debug)]
pub struct Engine {
    pub(super) calls: CacheCalls,
    pub(super) access: Access,
    pub(super) options: Options,
    pub(super) counts: CommandCounts,
    connections: Connections,
    pub(super) slow: SlowLog,
    pub(super) clients: Arc<Clients>,
    pub(super) cursors: Cursors,
    pub(super) scripts: Scripts,
    pub(super) started_unix_ms: u64,
    pub(super) run_id: String,
}

impl Engine {
    /// Returns an engine over the active cache.
    pub fn new(calls: CacheCalls, access: Access, options: Options) -> Self {
        Self {
            calls,
            access,
            options,
            counts: CommandCounts::default(),
            connections: Connections::default(),
            slow: SlowLog::default(),
            clients: Arc::default(),
            cursors: Cursors::default(),
            scripts: Scripts::default(),
            started_unix_ms: clock::unix_ms(),
            run_id: format!("{:x}", Uuid::now_v7().as_u128()),
        }
    }

    /// Begins a client's session.
    pub fn session(&self, peer: Option<SocketAddr>) -> Session {
        Session::new(&self.clients, peer, !self.access.needs_token())
    }

    /// Begins the session of a client that the door has let in.
    pub fn admitted(&self, peer: Option<SocketAddr>) -> Session {
        Session::new(&self.clients, peer, true)
    }

    /// Returns the counts of commands.
    pub const fn counts(&self) -> &CommandCounts {
        &self.counts
    }

    /// Returns the counts of connections, which the door keeps.
    pub const fn connections(&self) -> &Connections {
        &self.connections
    }

    /// Runs requests, writes their replies and returns how many were run: fewer than there are once the replies are
    /// many, or the client has asked to be disconnected.
    ///
    /// Dropping the future leaves open whether the operations that were under way happened.
    pub async fn run(&self, session: &mut Session, requests: Requests<'_>, out: &mut Replies) -> usize {
        out.version = session.version;
        session.asked();
        let mut turn = Turn::default();
        for number in 0..requests.len() {
            if session.ended() || out.bytes() > REPLY_BYTES_MAX {
                self.flush(session, &mut turn, requests, out).await;
                return number;
            }
            let Some(args) = requests.get(number) else { continue };
            if session.answering == Answering::All {
                self.begin(session, &mut turn, requests, number, args, out).await;
                continue;
            }
            let before = session.answering;
            let mark = out.mark();
            self.begin(session, &mut turn, requests, number, args, out).await;
            self.flush(session, &mut turn, requests, out).await;
            if before == Answering::NotTheNext && session.answering == before {
                session.answering = Answering::All;
                out.cut(mark);
            } else if session.answering != Answering::All {
                out.cut(mark);
            }
        }
        self.flush(session, &mut turn, requests, out).await;
        requests.len()
    }

    /// Carries a request out, or puts it where the next batch begins.
    #[inline]
    async fn begin<'a>(
        &self,
        session: &mut Session,
        turn: &mut Turn<'a>,
        requests: Requests<'a>,
        number: usize,
        args: Arguments<'a>,
        out: &mut Replies,
    ) {
        let row = match self.row(session, args) {
            Ok(row) => row,
            Err(fault) => return turn.refuse(number, fault, out),
        };
        if args.get(1).eq_ignore_ascii_case(b"help") && table::has_help(row) {
            self.flush(session, turn, requests, out).await;
            return table::help(row, out);
        }
        if session.queues(row) {
            return match session.enqueue(args, self.options.queue_bytes_max) {
                Ok(()) => out.status("QUEUED"),
                Err(fault) => out.error(&fault),
            };
        }
        match row.act {
            Act::Ops(plan) => {
                if row.name == "get" && turn.forms.is_empty() && self.hit(args, out) {
                    return;
                }
                if turn.ops.len() >= BATCH_OPS_MAX {
                    self.flush(session, turn, requests, out).await;
                }
                let form = self.plan(plan, args, &mut turn.ops, &mut turn.able);
                if matches!(form, Form::FlagIfExpiring) {
                    let op = turn.ops.pop();
                    self.flush(session, turn, requests, out).await;
                    return self.expire_if_expiring(op, out).await;
                }
                turn.add(number, form);
            }
            Act::Step(plan) => {
                self.flush(session, turn, requests, out).await;
                let mut ops = Vec::new();
                let form = self.plan(plan, args, &mut ops, &mut turn.able);
                let began = clock::now();
                self.step(&ops, form, out).await;
                self.note(session, args, began);
            }
            Act::Connection(answer) => {
                self.flush(session, turn, requests, out).await;
                if let Err(fault) = answer(self, session, args, out) {
                    out.error(&fault);
                }
            }
            Act::Alone(alone) => {
                self.flush(session, turn, requests, out).await;
                let began = clock::now();
                let mark = out.mark();
                if let Err(fault) = self.alone(alone, session, args, out).await {
                    out.cut(mark);
                    out.error(&fault);
                }
                self.note(session, args, began);
            }
        }
    }

    /// Answers a read at once where the provider does.
    #[inline]
    fn hit(&self, args: Arguments<'_>, out: &mut Replies) -> bool {
        let mut found = Value::empty();
        match self.calls.read(args.get(1), &mut found) {
            Read::Found => out.value(found),
            Read::Missing => out.null(),
            Read::Ask => return false,
        }
        true
    }

    fn note(&self, session: &Session, args: Arguments<'_>, began: std::time::Instant) {
        let took = clock::since(began);
        if !self.options.slower_than.is_zero() && took >= self.options.slower_than {
            self.slow.note(session, args, took);
        }
    }
}
