//! The typed analytics of the library: one call reaches every configured provider.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use outrigger_plugin_api::sdk::analytics::{
    Common, Event, Identity, Object,
    query::{Answer, Question},
};

use crate::{
    call::CallError,
    deliver::{Accepted, Outlet},
    event,
};

/// The short form of a tracked event.
#[derive(Debug, Clone, PartialEq)]
pub struct UsageEvent {
    /// Who.
    pub user_id: String,
    /// What.
    pub event_type: String,
    /// Details.
    pub metadata: Object,
}

/// All analytics providers as one. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Analytics {
    outlet: Outlet,
}

/// A tracked event that is accepted when awaited.
#[derive(Debug)]
#[must_use = "an event is not sent until it is awaited"]
pub struct Track<'a> {
    analytics: &'a Analytics,
    event: UsageEvent,
}

impl Track<'_> {
    /// Adds a detail.
    pub fn property(mut self, name: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
        self.event.metadata.insert(name.into(), value.into());
        self
    }
}

impl<'a> IntoFuture for Track<'a> {
    type Output = Result<Accepted, CallError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.analytics.usage(self.event))
    }
}

impl Analytics {
    pub(crate) const fn new(outlet: Outlet) -> Self {
        Self { outlet }
    }

    /// Begins a tracked event of a user; awaiting it sends it.
    pub fn track(&self, user_id: impl Into<String>, event: impl Into<String>) -> Track<'_> {
        let (user_id, event_type) = (user_id.into(), event.into());
        Track { analytics: self, event: UsageEvent { user_id, event_type, metadata: Object::new() } }
    }

    /// Sends an event in the short form.
    ///
    /// # Errors
    /// `call.invalid` for an event that no provider could take, `journal.*` where it could not be kept. What providers say
    /// of it comes later: see [`Accepted::delivered`].
    pub async fn usage(&self, event: UsageEvent) -> Result<Accepted, CallError> {
        let UsageEvent { user_id, event_type, metadata } = event;
        self.send(Event::Track { event: event_type, properties: metadata, common: of(user_id) }).await
    }

    /// Tells what is known of a user.
    ///
    /// # Errors
    /// As [`Self::usage`].
    pub async fn identify(&self, user_id: impl Into<String>, traits: Object) -> Result<Accepted, CallError> {
        self.send(Event::Identify { traits, common: of(user_id.into()) }).await
    }

    /// Tells that a user saw a page.
    ///
    /// # Errors
    /// As [`Self::usage`].
    pub async fn page(&self, user_id: impl Into<String>, name: impl Into<String>) -> Result<Accepted, CallError> {
        let (name, common) = (Some(name.into()), of(user_id.into()));
        self.send(Event::Page { name, properties: Object::new(), common }).await
    }

    /// Tells that a user saw a screen.
    ///
    /// # Errors
    /// As [`Self::usage`].
    pub async fn screen(&self, user_id: impl Into<String>, name: impl Into<String>) -> Result<Accepted, CallError> {
        let (name, common) = (Some(name.into()), of(user_id.into()));
        self.send(Event::Screen { name, properties: Object::new(), common }).await
    }

    /// Tells that a user belongs to a group.
    ///
    /// # Errors
    /// As [`Self::usage`].
    pub async fn group(
        &self,
        user_id: impl Into<String>,
        group_id: impl Into<String>,
        traits: Object,
    ) -> Result<Accepted, CallError> {
        self.send(Event::Group { group_id: group_id.into(), traits, common: of(user_id.into()) }).await
    }

    /// Tells that two ids are one person.
    ///
    /// # Errors
    /// As [`Self::usage`].
    pub async fn alias(
        &self,
        user_id: impl Into<String>,
        previous_id: impl Into<String>,
    ) -> Result<Accepted, CallError> {
        self.send(Event::Alias { previous_id: previous_id.into(), common: of(user_id.into()) }).await
    }

    /// Sends any event.
    ///
    /// # Errors
    /// As [`Self::usage`].
    pub async fn send(&self, event: Event) -> Result<Accepted, CallError> {
        self.outlet.accept(vec![event::outgoing(&event)?]).await
    }

    /// Asks the first running provider that answers questions about what was delivered.
    ///
    /// ```no_run
    /// # use outrigger::{Host, call::CallError};
    /// # use outrigger::plugin_api::sdk::analytics::query::{Answer, Counts, Filter, Question, Selector};
    /// # async fn example(host: Host) -> Result<(), CallError> {
    /// let filter = Filter { events: vec![Selector::named("signed_up")], ..Filter::default() };
    /// let answer = host.analytics()?.ask(&Question::Counts(Counts { filter, ..Counts::default() })).await?;
    /// if let Answer::Counts(counts) = answer {
    ///     println!("{} people signed up", counts.total.people);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `call.invalid` for a question that makes no sense, `provider.unsupported` where nobody answers questions, else
    /// the provider's own error.
    pub async fn ask(&self, question: &Question) -> Result<Answer, CallError> {
        if let Some(fault) = question.check().into_iter().next() {
            return Err(CallError::Invalid(fault.to_string()));
        }
        let strange = |error| CallError::Invalid(format!("the question or its answer is not of this version: {error}"));
        let request = serde_json::to_value(question).map_err(strange)?;
        let answer = self.outlet.sinks().query(None, &request).await?;
        serde_json::from_value(answer).map_err(strange)
    }

    /// Returns the way in, for doors that accept several events at once.
    pub const fn outlet(&self) -> &Outlet {
        &self.outlet
    }
}

fn of(user_id: String) -> Common {
    Common { identity: Identity { user_id: Some(user_id), anonymous_id: None }, ..Common::default() }
}
