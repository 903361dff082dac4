//! `cargo xtask bench`: measures a release build with the programs in the tests crate.

use std::process::Command;

use crate::cargo::{cargo, finish};
use crate::command::unknown;
use crate::dist;
use crate::failure::Failure;
use crate::nats_server;
use crate::servers;
use crate::test::oracles;
use crate::workspace::Workspace;

/// Programs that take the folder of a release, measure it and print what they found.
struct Bench {
    name: &'static str,
    /// Each with what it is told beside the folder.
    programs: &'static [(&'static str, &'static [&'static str])],
    /// Brings what a program is compared with, and tells it where that is.
    prepare: fn(&Workspace, &mut Command) -> Result<(), Failure>,
}

/// Where the programs are.
const PACKAGE: &str = "outrigger-tests";

/// Tells the bench of the Redis door where the servers are that only Python's packages have.
const PEERS: &str = "OUTRIGGER_BENCH_PEERS";

const BENCHES: &[Bench] = &[
    // What crossing the plugin boundary costs, beside the same call inside one program.
    Bench { name: "seam", programs: &[("bench_seam", &[])], prepare: alone },
    // What a durable acknowledgement costs, beside the disk's own price for the same bytes, and through the doors.
    Bench {
        name: "journal",
        programs: &[("bench_journal", &[]), ("bench_events", &["fsync"])],
        prepare: beside_servers,
    },
    // What an event costs from the socket to every provider.
    Bench { name: "events", programs: &[("bench_events", &[])], prepare: alone },
    // What a reload costs those who call meanwhile; fails where a call or an event is lost.
    Bench { name: "reload", programs: &[("bench_reload", &[])], prepare: alone },
    // What a Redis client's request costs, beside a Redis and a proxy in front of one.
    Bench { name: "redis", programs: &[("bench_redis", &[])], prepare: beside_redis },
    // What that door takes of memory, and what clients that misbehave cost the others.
    Bench { name: "door", programs: &[("bench_door", &[])], prepare: real_servers },
];

pub(crate) fn command(workspace: &Workspace, names: &[String]) -> Result<(), Failure> {
    // Before the build: a mistyped name should not cost minutes.
    let chosen = choose(names)?;
    let dist = dist::assemble(workspace)?;
    for bench in chosen {
        println!("==> bench {}", bench.name);
        for (binary, arguments) in bench.programs {
            let mut program = cargo(workspace, &["run", "--release", "--package", PACKAGE, "--bin", binary, "--"]);
            (bench.prepare)(workspace, &mut program)?;
            finish(binary, program.arg(&dist).args(*arguments))?;
        }
    }
    Ok(())
}

fn alone(_: &Workspace, _: &mut Command) -> Result<(), Failure> {
    Ok(())
}

fn real_servers(_: &Workspace, _: &mut Command) -> Result<(), Failure> {
    servers::ensure(servers::SERVERS)
}

fn beside_servers(workspace: &Workspace, program: &mut Command) -> Result<(), Failure> {
    servers::ensure(servers::SERVERS)?;
    program.env(nats_server::PROGRAM, nats_server::ensure(workspace)?);
    Ok(())
}

/// With Redis' kin and the proxies that it is compared with.
fn beside_redis(workspace: &Workspace, program: &mut Command) -> Result<(), Failure> {
    servers::ensure(servers::SERVERS)?;
    servers::ensure(servers::OF_BENCHES)?;
    program.env(PEERS, oracles::peers(workspace)?);
    Ok(())
}

/// Returns the benches of these names in the order given, or all of them for none.
fn choose(names: &[String]) -> Result<Vec<&'static Bench>, Failure> {
    if names.is_empty() {
        return Ok(BENCHES.iter().collect());
    }
    let find = |name: &String| BENCHES.iter().find(|bench| bench.name == name);
    names
        .iter()
        .map(|name| find(name).ok_or_else(|| unknown("bench", name, BENCHES.iter().map(|bench| bench.name))))
        .collect()
}

#[cfg(test)]
mod tests;
