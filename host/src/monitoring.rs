//! The typed monitoring of the library: one call reaches every configured provider.

mod capture;
mod layer;

use outrigger_plugin_api::sdk::monitoring::{Context, Event, Object, Severity};

use crate::{
    call::CallError,
    deliver::{Accepted, Outlet},
    event,
};

pub use capture::exceptions;
pub use layer::{MonitoringLayer, MonitoringService, Reporter};

/// All monitoring providers as one. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Monitoring {
    outlet: Outlet,
}

impl Monitoring {
    pub(crate) const fn new(outlet: Outlet) -> Self {
        Self { outlet }
    }

    /// Reports an error with its chain of causes.
    ///
    /// # Errors
    /// `call.invalid` for an event that no provider could take, `journal.*` where it could not be kept. What providers say
    /// of it comes later: see [`Accepted::delivered`].
    pub async fn log_error(
        &self,
        error: &(dyn std::error::Error + Sync),
        context: Context,
    ) -> Result<Accepted, CallError> {
        let exceptions = exceptions(error);
        let event = Event::Error { exceptions, handled: true, fingerprint: Vec::new(), context: Box::new(context) };
        self.report(event).await
    }

    /// Reports a named event.
    ///
    /// # Errors
    /// As [`Self::log_error`].
    pub async fn log_event(&self, name: impl Into<String>, properties: Object) -> Result<Accepted, CallError> {
        let event = Event::Event { name: name.into(), properties, context: Box::default() };
        self.report(event).await
    }

    /// Reports a log line.
    ///
    /// # Errors
    /// As [`Self::log_error`].
    pub async fn log(
        &self,
        severity: Severity,
        message: impl Into<String>,
        fields: Object,
    ) -> Result<Accepted, CallError> {
        let context = Box::new(Context { severity: Some(severity), ..Context::default() });
        self.report(Event::Log { message: message.into(), fields, context }).await
    }

    /// Reports any event.
    ///
    /// # Errors
    /// As [`Self::log_error`].
    pub async fn report(&self, event: Event) -> Result<Accepted, CallError> {
        self.outlet.accept(vec![event::outgoing(&event)?]).await
    }

    /// Returns the way in, for doors that accept several events at once.
    pub const fn outlet(&self) -> &Outlet {
        &self.outlet
    }
}
