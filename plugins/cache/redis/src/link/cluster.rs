//! Carries commands to the nodes of a Redis Cluster.
//!
//! The client library would send a pipeline again after a lost connection and count twice; so it is told not to
//! retry, and only redirections, which say that nothing ran, are followed here.

use std::{collections::HashMap, time::Duration};

use futures_util::future::join_all;
use outrigger_plugin_api::sdk::{Bytes, ProviderError};
use redis::{
    Cmd, Pipeline, RedisError, RedisResult, ServerErrorKind, Value,
    cluster::ClusterClientBuilder,
    cluster_async::ClusterConnection,
    cluster_routing::{MultipleNodeRoutingInfo, ResponsePolicy, Route, RoutingInfo, SingleNodeRoutingInfo, SlotAddr},
    io::tcp::TcpSettings,
};
use tokio::time::{sleep, timeout};

use super::{Answers, Limit, miscounted};
use crate::{failure::from_client, settings::Settings};

/// A master's address; empty outside a cluster.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Node {
    pub(crate) host: String,
    pub(crate) port: u16,
}

/// How often redirections are followed: a slot moves once, and the map may be a step behind.
const REDIRECTIONS_MAX: u32 = 5;

/// The pause before asking again, times the number of tries: the map is fetched meanwhile.
const REDIRECTION_PAUSE: Duration = Duration::from_millis(20);

/// The connections to all nodes.
pub(crate) struct Cluster {
    connection: ClusterConnection,
}

impl Cluster {
    /// Connects to the nodes that answer.
    pub(crate) async fn open(settings: &Settings) -> Result<Self, ProviderError> {
        let servers = settings.servers()?;
        let Some(first) = servers.first() else {
            return Err(ProviderError::settings("no `url`"));
        };
        let identity = settings.identity(first);
        let limit = settings.connect_timeout.0;
        let mut builder = ClusterClientBuilder::new(servers)
            .tcp_settings(TcpSettings::default().set_nodelay(true))
            .connection_timeout(limit)
            .response_timeout(settings.response_timeout.0)
            .retries(0);
        if let Some(username) = identity.username() {
            builder = builder.username(username);
        }
        if let Some(password) = identity.password() {
            builder = builder.password(password);
        }
        if let Some(authority) = settings.authority() {
            builder = builder.certs(authority);
        }
        let opened = timeout(limit, async { builder.build()?.get_async_connection().await });
        match opened.await {
            Ok(Ok(connection)) => {
                let cluster = Self { connection };
                cluster.ping(Limit { wait: limit, own: false }).await?;
                Ok(cluster)
            }
            Ok(Err(error)) => Err(from_client(&error)),
            Err(_) => Err(ProviderError::unavailable(format!("no connection to the cluster within {limit:?}"))),
        }
    }

    /// Runs commands, one round trip per slot, all slots at once; in order within a slot.
    pub(crate) async fn run(&self, limit: Limit, cmds: Vec<(Cmd, Option<Bytes>)>) -> Answers {
        let count = cmds.len();
        let mut parts: HashMap<Option<Route>, (Vec<usize>, Pipeline)> = HashMap::new();
        for (index, (cmd, key)) in cmds.into_iter().enumerate() {
            let route = key.map(|key| Route::with_key(key, SlotAddr::Master));
            let (indices, pipeline) = parts.entry(route).or_default();
            indices.push(index);
            pipeline.add_command(cmd);
        }
        let run = parts.into_iter().map(|(route, (indices, pipeline))| async move {
            let exchanged = timeout(limit.wait, self.exchange(route, pipeline)).await;
            (indices, exchanged.unwrap_or_else(|_| Err(limit.elapsed())))
        });
        let mut answers: Answers = vec![Err(miscounted()); count];
        for (indices, exchanged) in join_all(run).await {
            match exchanged {
                Ok(values) => {
                    indices.into_iter().zip(values).for_each(|(index, value)| put(&mut answers, index, Ok(value)))
                }
                Err(error) => indices.into_iter().for_each(|index| put(&mut answers, index, Err(error.clone()))),
            }
        }
        answers
    }

    async fn exchange(&self, route: Option<Route>, pipeline: Pipeline) -> Result<Vec<Value>, ProviderError> {
        let count = pipeline.len();
        let mut tries = 0;
        loop {
            let to = route.map_or(SingleNodeRoutingInfo::RandomPrimary, SingleNodeRoutingInfo::SpecificNode);
            let sent = self.connection.clone().route_pipeline(pipeline.clone(), 0, count, to).await;
            let Err(error) = sent else { return Ok(sent.unwrap_or_default()) };
            let sent = match redirection(&error) {
                Some(ServerErrorKind::Ask) => self.asking(&error, &pipeline).await,
                Some(_) => Err(error),
                None => return Err(from_client(&error)),
            };
            tries += 1;
            match sent {
                Ok(values) => return Ok(values),
                Err(error) if tries > REDIRECTIONS_MAX || redirection(&error).is_none() => {
                    return Err(from_client(&error));
                }
                Err(_) => sleep(REDIRECTION_PAUSE * tries).await,
            }
        }
    }

    /// Sends the commands where the answer said, each with the word that lets them in while the slot moves.
    async fn asking(&self, error: &RedisError, pipeline: &Pipeline) -> RedisResult<Vec<Value>> {
        let Some((host, port)) = error.redirect_node().and_then(|(address, _)| address.rsplit_once(':')) else {
            return Err(error.clone());
        };
        let to = SingleNodeRoutingInfo::ByAddress { host: host.to_owned(), port: port.parse().unwrap_or_default() };
        let mut asking = Pipeline::with_capacity(pipeline.len() * 2);
        for cmd in pipeline.cmd_iter() {
            asking.cmd("ASKING").add_command(cmd.clone());
        }
        let count = asking.len();
        let values = self.connection.clone().route_pipeline(asking, 0, count, to).await?;
        Ok(values.into_iter().skip(1).step_by(2).collect())
    }

    /// Asks every master for a sign of life.
    pub(crate) async fn ping(&self, limit: Limit) -> Result<Value, ProviderError> {
        let all = (MultipleNodeRoutingInfo::AllMasters, Some(ResponsePolicy::AllSucceeded));
        self.route(limit, redis::cmd("PING"), RoutingInfo::MultiNode(all)).await
    }

    /// Runs one command on one master.
    pub(crate) async fn ask_node(&self, limit: Limit, node: &Node, cmd: Cmd) -> Result<Value, ProviderError> {
        let to = SingleNodeRoutingInfo::ByAddress { host: node.host.clone(), port: node.port };
        self.route(limit, cmd, RoutingInfo::SingleNode(to)).await
    }

    async fn route(&self, limit: Limit, cmd: Cmd, routing: RoutingInfo) -> Result<Value, ProviderError> {
        let mut connection = self.connection.clone();
        match timeout(limit.wait, connection.route_command(cmd, routing)).await {
            Ok(answered) => answered.map_err(|error| from_client(&error)),
            Err(_) => Err(limit.elapsed()),
        }
    }

    /// Returns the masters, by address.
    pub(crate) async fn nodes(&self, limit: Limit) -> Result<Vec<Node>, ProviderError> {
        let mut slots = redis::cmd("CLUSTER");
        slots.arg("SLOTS");
        let to = RoutingInfo::SingleNode(SingleNodeRoutingInfo::RandomPrimary);
        let answer = self.route(limit, slots, to).await?;
        let mut nodes: Vec<Node> = answer.as_sequence().unwrap_or_default().iter().filter_map(master).collect();
        nodes.sort();
        nodes.dedup();
        Ok(nodes)
    }
}

fn put(answers: &mut Answers, index: usize, answer: Result<Value, ProviderError>) {
    if let Some(place) = answers.get_mut(index) {
        *place = answer;
    }
}

/// Returns what kind of error said that nothing ran here and another try can succeed.
fn redirection(error: &RedisError) -> Option<ServerErrorKind> {
    match error.kind() {
        redis::ErrorKind::Server(
            kind @ (ServerErrorKind::Moved | ServerErrorKind::Ask | ServerErrorKind::TryAgain),
        ) => Some(kind),
        _ => None,
    }
}

/// Reads the master of one range of CLUSTER SLOTS: first slot, last slot, master, replicas.
fn master(range: &Value) -> Option<Node> {
    let node = range.as_sequence()?.get(2)?.as_sequence()?;
    let host = match node.first()? {
        Value::BulkString(host) => String::from_utf8(host.clone()).ok()?,
        Value::SimpleString(host) => host.clone(),
        _ => return None,
    };
    let Value::Int(port) = node.get(1)? else { return None };
    Some(Node { host, port: u16::try_from(*port).ok()? })
}
