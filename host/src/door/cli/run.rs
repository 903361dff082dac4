//! `outrigger run`: starts the sidecar and tells people what it did.

use std::time::Duration;

use serde_json::json;

use super::{
    Exit,
    arguments::{OutputArguments, SourceArguments},
    output::line,
    welcome,
};
use crate::{
    config::program,
    host::{Host, configure},
    observe,
    sidecar::{self, Addresses},
};

/// How long the process waits at its end for threads that a plugin's blocking call holds.
const THREADS_GRACE: Duration = Duration::from_millis(100);

/// Runs the host until it is told to end.
pub fn run(arguments: &SourceArguments, output: OutputArguments) -> Exit {
    let read = arguments.read().and_then(|sources| configure(&sources).map(|(config, _)| (sources, config)));
    let (sources, config) = match read {
        Ok(read) => read,
        Err(error) => return output.diagnostics(&error.0),
    };
    observe::init(&config.log);
    let again = arguments.clone();
    let read = Box::new(move || again.read());
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output.error("host.runtime", &format!("can't start threads: {error}"), None);
            return Exit::Failed;
        }
    };
    let ended = runtime.block_on(sidecar::run(sources, read, |host, addresses| welcome(host, addresses, output)));
    runtime.shutdown_timeout(THREADS_GRACE);
    match ended {
        Ok(()) => Exit::Ok,
        Err(error) => {
            let help = "name another address in [listen], or port 0 for any free one";
            output.error(error.code(), &observe::chain(&error), (error.code() == "host.bind").then_some(help));
            Exit::Unavailable
        }
    }
}

fn welcome(host: &Host, addresses: Addresses, output: OutputArguments) {
    if output.json() {
        output.answer(&json!({ "listening": addresses, "readiness": host.readiness() }), String::new);
    } else {
        line(&welcome::text(host, &program(), addresses));
    }
}
