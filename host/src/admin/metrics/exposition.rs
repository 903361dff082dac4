//! Writes Prometheus' text format, version 0.0.4: each family's HELP and TYPE once, right before its samples.

use std::{
    fmt::{Display, Write},
    time::Duration,
};

use crate::observe::latency::{BUCKETS_US, Histogram};

/// The text so far.
#[derive(Debug, Default)]
pub(super) struct Exposition {
    text: String,
}

impl Exposition {
    /// Begins a family; its samples follow at once.
    pub(super) fn family(&mut self, name: &str, sort: &str, about: &str) {
        let _ = writeln!(self.text, "# HELP {name} {about}\n# TYPE {name} {sort}");
    }

    /// Adds a sample of the family begun last. `labels` are as they are written, such as `kind="cache"`.
    pub(super) fn sample(&mut self, name: &str, labels: &str, value: impl Display) {
        let _ = match labels {
            "" => writeln!(self.text, "{name} {value}"),
            labels => writeln!(self.text, "{name}{{{labels}}} {value}"),
        };
    }

    /// Adds a family of one sample without labels; nothing where the value is not known.
    pub(super) fn single(&mut self, name: &str, sort: &str, about: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.family(name, sort, about);
            self.sample(name, "", value);
        }
    }

    /// Adds the samples of one histogram to the family begun last.
    pub(super) fn histogram(&mut self, name: &str, labels: &str, Histogram { within, count, sum_us }: &Histogram) {
        let seconds = |us: u64| Duration::from_micros(us).as_secs_f64();
        for (bound_us, count) in BUCKETS_US.iter().zip(within) {
            self.sample(&format!("{name}_bucket"), &format!("{labels},le=\"{}\"", seconds(*bound_us)), count);
        }
        self.sample(&format!("{name}_bucket"), &format!("{labels},le=\"+Inf\""), count);
        self.sample(&format!("{name}_sum"), labels, seconds(*sum_us));
        self.sample(&format!("{name}_count"), labels, count);
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}
