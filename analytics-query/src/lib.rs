//! The algorithms behind analytics questions, free of any database: each reads events once and keeps little.
//!
//! All of them are fed **person by person**: every event of one person, then those of the next; the persons in any order.
//! [`Funnel`] and [`Retention`] want a person's events by time, too. An index over (person, time) gives exactly that, so a
//! store streams it without sorting, and what is kept does not grow with the number of events.
//!
//! The questions, and what their answers mean, are in [`outrigger_plugin_api::sdk::analytics::query`].

mod buckets;
mod counts;
pub mod cursor;
mod extent;
mod funnel;
mod groups;
mod page;
mod retention;
mod values;

pub use buckets::Buckets;
pub use counts::Counts;
pub use extent::Extent;
pub use funnel::Funnel;
pub use groups::{Groups, People};
pub use page::Page;
pub use retention::Retention;
pub use values::Values;
