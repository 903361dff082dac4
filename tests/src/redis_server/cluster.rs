//! A Redis Cluster of masters without replicas.

use super::{RedisServer, free_port, wait_until};

/// Slots of every cluster, by the specification.
const SLOTS: usize = 16384;

/// Running nodes that share the slots evenly.
pub struct RedisCluster {
    /// The nodes, by the slots they hold.
    pub nodes: Vec<RedisServer>,
}

impl RedisCluster {
    /// Starts `count` nodes and waits until each of them serves.
    ///
    /// # Panics
    /// Where a node does not start or the cluster does not form.
    pub fn start(count: usize) -> Self {
        let (nodes, buses): (Vec<RedisServer>, Vec<String>) = (0..count).map(|_| node()).unzip();
        let per_node = SLOTS.div_ceil(count.max(1));
        for (index, node) in nodes.iter().enumerate() {
            let last = ((index + 1) * per_node).min(SLOTS) - 1;
            run(node, &["CLUSTER", "ADDSLOTSRANGE", &(index * per_node).to_string(), &last.to_string()]);
            // Each its own epoch, so that none has to yield its slots.
            run(node, &["CLUSTER", "SET-CONFIG-EPOCH", &(index + 1).to_string()]);
        }
        for (other, bus) in nodes.iter().zip(&buses).skip(1) {
            if let Some(first) = nodes.first() {
                run(first, &["CLUSTER", "MEET", "127.0.0.1", &other.port().to_string(), bus]);
            }
        }
        let known = format!("cluster_known_nodes:{count}");
        wait_until("the cluster did not form", || {
            nodes.iter().all(|node| {
                let info = node.command(&["CLUSTER", "INFO"]).unwrap_or_default();
                info.contains("cluster_state:ok") && info.contains(&known)
            })
        });
        Self { nodes }
    }

    /// Returns the URLs of all nodes.
    pub fn urls(&self) -> Vec<String> {
        self.nodes.iter().map(RedisServer::url).collect()
    }
}

/// Starts a node; returns it with its bus port.
fn node() -> (RedisServer, String) {
    // The default bus port is the port plus 10000, which may be no port at all.
    let bus = free_port().to_string();
    let args = ["--cluster-enabled", "yes", "--cluster-port", &bus, "--cluster-node-timeout", "2000"];
    (RedisServer::start_with(&args), bus)
}

fn run(node: &RedisServer, words: &[&str]) {
    let reply = node.command(words).expect("an answer");
    assert!(reply.starts_with("+OK"), "{words:?} answered {reply}");
}
