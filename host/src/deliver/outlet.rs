//! Where events of one kind go in: what the library and the doors hold.

use outrigger_plugin_api::manifest::Kind;

use super::{intake::Accepted, shared::Deliveries};
use crate::call::{CallError, Outgoing, Sinks};

/// The way in for events of one kind. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Outlet {
    kind: Kind,
    sinks: Sinks,
    /// Or why no event can be kept.
    deliveries: Result<Deliveries, CallError>,
}

impl Outlet {
    pub(crate) const fn new(kind: Kind, sinks: Sinks, deliveries: Result<Deliveries, CallError>) -> Self {
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
        self.deliveries.as_ref().map_err(Clone::clone)?.accept(self.kind, events).await
    }
}
