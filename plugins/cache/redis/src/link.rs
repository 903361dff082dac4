//! Carries commands to the servers, and keeps the connections alive.
//!
//! Every exchange is bounded: by the call's budget and by the longest wait for an answer. A server that is down
//! fails calls at once while the link reconnects in the background.

mod backoff;
mod cluster;
mod open;
mod pool;
mod slot;

use std::time::Duration;

use outrigger_plugin_api::sdk::{Bytes, Call, ErrorKind, ProviderError};
use redis::{Cmd, Value};

use crate::{
    failure::from_server,
    settings::{Mode, Settings},
};

pub(crate) use cluster::Node;

/// One result per command: in a cluster, a node may fail while the others answer.
pub(crate) type Answers = Vec<Result<Value, ProviderError>>;

/// The way to the servers.
pub(crate) enum Link {
    Pool(pool::Pool),
    Cluster(cluster::Cluster),
}

/// How long to wait for an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    wait: Duration,
    /// `true` where the wait is the link's own: then silence says that the connection is dead.
    own: bool,
}

impl Limit {
    /// Returns the shorter of the call's budget and the link's own limit.
    pub(crate) fn of(call: &Call, longest: Duration) -> Self {
        match call.budget {
            Some(budget) if budget < longest => Self { wait: budget, own: false },
            _ => Self { wait: longest, own: true },
        }
    }

    fn elapsed(self) -> ProviderError {
        let text = format!("no answer from redis within {:?}", self.wait);
        ProviderError::new(ErrorKind::Timeout, text)
    }
}

impl Link {
    /// Connects.
    pub(crate) async fn open(settings: &Settings) -> Result<Self, ProviderError> {
        // A process may hold several providers in one library: the second finds it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        match settings.mode {
            Mode::Single | Mode::Sentinel => pool::Pool::open(settings).await.map(Self::Pool),
            Mode::Cluster => cluster::Cluster::open(settings).await.map(Self::Cluster),
        }
    }

    /// Runs commands with their keys in order, as one round trip (in a cluster one per slot).
    pub(crate) async fn run(&self, limit: Limit, cmds: Vec<(Cmd, Option<Bytes>)>) -> Answers {
        match self {
            Self::Pool(pool) => pool.run(limit, cmds.into_iter().map(|(cmd, _)| cmd)).await,
            Self::Cluster(cluster) => cluster.run(limit, cmds).await,
        }
    }

    /// Asks every server for a sign of life.
    pub(crate) async fn ping(&self, limit: Limit) -> Result<(), ProviderError> {
        let answer = match self {
            Self::Pool(pool) => only(pool.run(limit, std::iter::once(redis::cmd("PING"))).await),
            Self::Cluster(cluster) => cluster.ping(limit).await,
        };
        match answer? {
            Value::ServerError(error) => Err(from_server(&error)),
            _ => Ok(()),
        }
    }

    /// Runs one command on one node of those that [`Self::nodes`] lists.
    pub(crate) async fn ask_node(&self, limit: Limit, node: &Node, cmd: Cmd) -> Result<Value, ProviderError> {
        match self {
            Self::Pool(pool) => only(pool.run(limit, std::iter::once(cmd)).await),
            Self::Cluster(cluster) => cluster.ask_node(limit, node, cmd).await,
        }
    }

    /// Returns the masters in a stable order; outside a cluster one without address.
    pub(crate) async fn nodes(&self, limit: Limit) -> Result<Vec<Node>, ProviderError> {
        match self {
            Self::Pool(_) => Ok(vec![Node::default()]),
            Self::Cluster(cluster) => cluster.nodes(limit).await,
        }
    }

    /// Tells why the link is not at full strength; `None` where it is.
    pub(crate) fn concern(&self) -> Option<String> {
        match self {
            Self::Pool(pool) => pool.concern(),
            Self::Cluster(_) => None,
        }
    }

    /// Tells whether keys live on several nodes.
    pub(crate) const fn is_cluster(&self) -> bool {
        matches!(self, Self::Cluster(_))
    }
}

/// Returns the answer of an exchange of one command.
fn only(mut answers: Answers) -> Result<Value, ProviderError> {
    answers.pop().unwrap_or_else(|| Err(ProviderError::internal("one command got no answer")))
}

/// The error of an exchange that answered fewer commands than were sent.
fn miscounted() -> ProviderError {
    ProviderError::internal("the server answered another number of commands than were sent")
}
