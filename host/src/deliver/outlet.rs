//! Where events of one kind go in: what the library and the doors hold.

use std::sync::Arc;

use arc_swap::ArcSwap;
use outrigger_plugin_api::manifest::Kind;

use super::{intake::Accepted, shared::Deliveries};
use crate::call::{CallError, Outgoing, Sinks};

/// The way in for events of one kind. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Outlet {
    kind: Kind,
    sinks: Sinks,
    deliveries: Arc<Present>,
}

/// The deliveries of this moment, or why no event can be kept: a reload may mend that.
pub(crate) type Present = ArcSwap<Result<Deliveries, CallError>>;

impl Outlet {
    pub(crate) const fn new(kind: Kind, sinks: Sinks, deliveries: Arc<Present>) -> Self {
        Self { kind, sinks, deliveries }
    }

    /// Returns the providers behind, which answer questions.
    pub const fn sinks(&self) -> &Sinks {
        &self.sinks
    }

    /// Accepts events: returns once they are kept for every provider.
    ///
    /// # Errors
    /// `journal.*`: none was accepted.
    pub async fn accept(&self, events: Vec<Outgoing>) -> Result<Accepted, CallError> {
        let deliveries = Result::clone(&self.deliveries.load())?;
        deliveries.accept(self.kind, events).await
    }
}
