//! What is known of one client while it is connected.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Instant,
};

use outrigger_plugin_api::sdk::cache::Watched;
use parking_lot::Mutex;

use super::transaction::Queue;
use crate::{clock, resp::Version};

/// Which replies a client wants, by CLIENT REPLY.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Answering {
    #[default]
    All,
    None,
    /// All but that of the next request.
    NotTheNext,
}

/// What other clients may see of one, in CLIENT LIST.
#[derive(Debug)]
pub(super) struct Card {
    pub(super) id: u64,
    pub(super) peer: Option<SocketAddr>,
    pub(super) began: Instant,
    pub(super) names: Mutex<Names>,
    /// Milliseconds after `began` at which the last request came.
    pub(super) asked_ms: AtomicU64,
}

/// What a client calls itself.
#[derive(Debug, Default, Clone)]
pub(super) struct Names {
    pub(super) client: String,
    pub(super) library: String,
    pub(super) version: String,
}

/// One client. Dropping it takes it off the list.
#[derive(Debug)]
pub struct Session {
    pub(super) card: Arc<Card>,
    pub(super) version: Version,
    pub(super) authenticated: bool,
    pub(super) answering: Answering,
    pub(super) queue: Option<Queue>,
    pub(super) watched: Vec<Watched>,
    pub(super) no_evict: bool,
    ended: bool,
    clients: Arc<Clients>,
}

impl Session {
    pub(super) fn new(clients: &Arc<Clients>, peer: Option<SocketAddr>, authenticated: bool) -> Self {
        let card = Arc::new(Card {
            id: clients.next.fetch_add(1, Relaxed) + 1,
            peer,
            began: clock::now(),
            names: Mutex::default(),
            asked_ms: AtomicU64::new(0),
        });
        clients.cards.lock().push(card.clone());
        Self {
            card,
            version: Version::Two,
            authenticated,
            answering: Answering::All,
            queue: None,
            watched: Vec::new(),
            no_evict: false,
            ended: false,
            clients: clients.clone(),
        }
    }

    /// Tells whether the client asked to be disconnected.
    pub const fn ended(&self) -> bool {
        self.ended
    }

    /// Tells whether the client may send no more than what is needed to authenticate.
    pub const fn before_auth(&self) -> bool {
        !self.authenticated
    }

    pub(super) const fn end(&mut self) {
        self.ended = true;
    }

    /// Forgets what RESET forgets; whoever came without a token stays let in.
    pub(super) fn reset(&mut self, authenticated: bool) {
        self.version = Version::Two;
        self.answering = Answering::All;
        self.no_evict = false;
        self.leave_transaction();
        self.card.names.lock().client.clear();
        self.authenticated = authenticated;
    }

    /// Notes that the client asks.
    pub(super) fn asked(&self) {
        let since = u64::try_from(clock::since(self.card.began).as_millis()).unwrap_or(u64::MAX);
        self.card.asked_ms.store(since, Relaxed);
    }

    pub(super) fn leave_transaction(&mut self) {
        self.queue = None;
        self.watched.clear();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.clients.cards.lock().retain(|card| card.id != self.card.id);
    }
}

/// Who is connected.
#[derive(Debug, Default)]
pub(super) struct Clients {
    next: AtomicU64,
    pub(super) cards: Mutex<Vec<Arc<Card>>>,
}

/// Connections of clients, as the door counts them.
#[derive(Debug, Default)]
pub struct Connections {
    /// Those that were accepted.
    pub accepted: AtomicU64,
    /// Those that were refused because there were too many.
    pub refused: AtomicU64,
    /// Those that are open.
    pub open: AtomicUsize,
}
