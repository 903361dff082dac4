//! Packs records into requests: by what they come from, within the bound on bytes, in order.

use std::collections::BTreeMap;

use outrigger_plugin_api::sdk::{ProviderError, monitoring::Event, sink::Record};
use prost::{Message, bytes::Bytes};

use crate::{
    attributes::Attributes,
    pairs,
    settings::Settings,
    wire::{AnyValue, Export, Group, Resource, Scope, Scoped},
};

/// Most bytes that a field costs beside its content: a tag of one byte and a length below 4 GiB.
const FIELD_BYTES_MAX: usize = 6;

/// What the settings say of where records come from.
#[derive(Debug)]
pub(crate) struct Origin {
    attributes: BTreeMap<String, AnyValue>,
}

impl Origin {
    /// Reads the attributes. The service's name is needed; OpenTelemetry says what stands for one that is missing.
    ///
    /// # Errors
    /// `settings`, where an attribute is no pair.
    pub(crate) fn of(settings: &Settings) -> Result<Self, ProviderError> {
        let mut attributes = Attributes::default();
        attributes.put("service.name", "unknown_service");
        for (name, value) in pairs::read("resource-attributes", &settings.resource_attributes)? {
            attributes.put(&name, value);
        }
        attributes.put_some("service.name", settings.service.as_ref());
        Ok(Self { attributes: attributes.values })
    }
}

/// What records of one resource and scope have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    release: Option<String>,
    environment: Option<String>,
    logger: Option<String>,
}

impl Key {
    fn of(record: &Record<Event>) -> Self {
        let said = record.body.context();
        let (release, environment, logger) = (said.release.clone(), said.environment.clone(), said.logger.clone());
        Self { release, environment, logger }
    }

    /// What a record says of its version and environment counts more than the settings.
    fn resource(&self, origin: &Origin) -> Resource {
        let mut attributes = Attributes { values: origin.attributes.clone(), dropped: 0 };
        attributes.put_some("service.version", self.release.as_ref());
        attributes.put_some("deployment.environment.name", self.environment.as_ref());
        Resource { attributes: attributes.values }
    }

    /// The logger, as the data model says; else this program.
    fn scope(&self) -> Scope {
        match &self.logger {
            Some(logger) => Scope { name: logger.clone(), version: String::new() },
            None => Scope { name: "outrigger".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        }
    }
}

/// One request while it fills.
#[derive(Debug, Default)]
struct Open {
    places: Vec<usize>,
    /// Never less than what it will have.
    bytes: usize,
    groups: BTreeMap<Key, Vec<Bytes>>,
}

/// The requests of one signal.
#[derive(Debug)]
pub(crate) struct Pack<'o> {
    origin: &'o Origin,
    bytes_max: usize,
    requests: Vec<Open>,
}

impl<'o> Pack<'o> {
    /// Returns no requests yet.
    pub(crate) const fn new(origin: &'o Origin, bytes_max: usize) -> Self {
        Self { origin, bytes_max, requests: Vec::new() }
    }

    /// Adds a record, by its place in the batch, as the message that it became.
    ///
    /// # Errors
    /// Why it fits into no request.
    pub(crate) fn add(&mut self, place: usize, record: &Record<Event>, message: &impl Message) -> Result<(), String> {
        let (key, message) = (Key::of(record), Bytes::from(message.encode_to_vec()));
        let own = message.len() + FIELD_BYTES_MAX;
        // The group, its resource, its only scope and what that one says of itself are a field each.
        let about = key.resource(self.origin).encoded_len() + key.scope().encoded_len() + 4 * FIELD_BYTES_MAX;
        if own + about > self.bytes_max {
            let (bytes, max) = (own + about, self.bytes_max);
            return Err(format!("the record has {bytes} bytes in OTLP; `request-bytes-max` is {max}"));
        }
        let cost = |open: &Open| if open.groups.contains_key(&key) { own } else { own + about };
        let fits = |open: &Open| open.bytes + cost(open) <= self.bytes_max;
        let mut open = self.requests.pop_if(|open| fits(open)).unwrap_or_default();
        open.bytes += cost(&open);
        open.places.push(place);
        open.groups.entry(key).or_default().push(message);
        self.requests.push(open);
        Ok(())
    }

    /// Returns each request's body, with its records' places.
    pub(crate) fn finish(self) -> Vec<(Vec<usize>, Vec<u8>)> {
        let origin = self.origin;
        let body = |open: Open| {
            let group = |(key, records): (Key, Vec<Bytes>)| Group {
                resource: Some(key.resource(origin)),
                scopes: vec![Scoped { scope: Some(key.scope()), records }],
            };
            let groups = open.groups.into_iter().map(group).collect();
            (open.places, Export { groups }.encode_to_vec())
        };
        self.requests.into_iter().map(body).collect()
    }
}

#[cfg(test)]
mod tests;
