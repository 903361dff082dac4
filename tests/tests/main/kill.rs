//! The program is killed at random moments under load, two hundred times: every event it acknowledged is delivered, and
//! once to a provider that recognises repeats.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests; clippy knows their functions, but not those they call"
)]

use std::{
    collections::{HashMap, HashSet},
    net::SocketAddr,
    process::Stdio,
    time::Duration,
};

use outrigger_tests::{
    program::{self, Process},
    test_host::{Setup, eventually},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use uuid::Uuid;

const ROUNDS: usize = 200;
const CONNECTIONS: usize = 32;
/// The kill comes at a random moment up to this after the load began: some dozen commits, and now and then a rotation,
/// a checkpoint or a deletion.
const LOAD_MAX: Duration = Duration::from_millis(150);

/// The program, and where its HTTP door is.
struct Program {
    process: Process,
    http: SocketAddr,
}

impl Program {
    fn start(setup: &Setup) -> Self {
        let mut command = program::listening(setup, &["run", "--format", "json"]);
        command.stdout(Stdio::piped());
        let (process, mut log) = Process::start(command);
        let listens = log.listens();
        assert_eq!(listens["ready"], true, "{listens}");
        log.read_on();
        Self { process, http: listens["http"].as_str().unwrap().parse().unwrap() }
    }

    fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// Posts events until the connection ends; returns the ids that were acknowledged.
async fn post(address: SocketAddr) -> Vec<Uuid> {
    let mut acknowledged = Vec::new();
    let Ok(mut stream) = TcpStream::connect(address).await else { return acknowledged };
    let mut answer = vec![0; 4096];
    loop {
        let id = Uuid::now_v7();
        let body = format!(r#"{{"user_id":"u","event":"e","message_id":"{id}"}}"#);
        let head = "POST /v1/analytics/track HTTP/1.1\r\nhost: localhost\r\ncontent-length: ";
        let request = format!("{head}{}\r\n\r\n{body}", body.len());
        if stream.write_all(request.as_bytes()).await.is_err() {
            return acknowledged;
        }
        // An answer is far smaller than a segment; a part of one is no acknowledgement.
        match stream.read(&mut answer).await {
            Ok(read) if answer[..read].starts_with(b"HTTP/1.1 202") => acknowledged.push(id),
            Ok(read) if read > 0 => panic!("{}", String::from_utf8_lossy(&answer[..read])),
            Ok(_) | Err(_) => return acknowledged,
        }
    }
}

async fn all_delivered(address: SocketAddr) -> bool {
    let answer = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"GET /v1/journal HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.map(|_| answer)
    };
    let answer = answer.await.unwrap_or_default();
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body).unwrap_or_default();
    let status: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    status["lanes"].as_array().is_some_and(|lanes| lanes.iter().all(|lane| lane["behind"] == 0))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_event_survives_two_hundred_kills() {
    let text = "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = [\"recorder\", \"internal\"]\n\
                [providers.recorder]\nsettings.path = \"recorded\"\n[providers.internal]\nsettings.path = \"events.sqlite3\"\n\
                [journal]\nfile-size = \"1MiB\"\nretain = \"0s\"\n";
    let setup = Setup::new(text, &["cache_memory", "analytics_internal", "analytics_recorder"]);
    std::fs::write(setup.path("plugins.toml"), text).unwrap();
    let mut acknowledged = HashSet::new();
    for round in 0..ROUNDS {
        let program = Program::start(&setup);
        let load: Vec<_> = (0..CONNECTIONS).map(|_| tokio::spawn(post(program.http))).collect();
        let [.., a, b] = Uuid::now_v7().into_bytes();
        tokio::time::sleep(LOAD_MAX.mul_f32(f32::from(u16::from_le_bytes([a, b])) / f32::from(u16::MAX))).await;
        program.kill();
        for connection in load {
            acknowledged.extend(connection.await.unwrap_or_else(|error| panic!("round {round}: {error}")));
        }
    }
    let program = Program::start(&setup);
    eventually("all is delivered", async || all_delivered(program.http).await).await;
    program.kill();
    let recorded = std::fs::read_to_string(setup.path("recorded")).unwrap();
    let mut times: HashMap<Uuid, usize> = HashMap::new();
    for id in recorded.lines().filter_map(|line| Uuid::try_parse(line).ok()) {
        *times.entry(id).or_default() += 1;
    }
    let file = rusqlite::Connection::open(setup.path("events.sqlite3")).unwrap();
    let mut rows = file.prepare("SELECT id FROM event").unwrap();
    let stored: Vec<Uuid> = rows
        .query_map([], |row| row.get::<_, Vec<u8>>(0))
        .unwrap()
        .map(|id| Uuid::from_slice(&id.unwrap()).unwrap())
        .collect();
    let once: HashSet<_> = stored.iter().copied().collect();
    let twice = times.values().filter(|times| **times > 1).count();
    eprintln!(
        "{} acknowledged; recorder: {} delivered, {twice} more than once; store: {} delivered, {} more than once",
        acknowledged.len(),
        times.len(),
        once.len(),
        stored.len() - once.len()
    );
    assert!(acknowledged.len() > 20 * ROUNDS, "too little load to mean anything: {}", acknowledged.len());
    let lost = |has: &dyn Fn(&Uuid) -> bool| acknowledged.iter().filter(|id| !has(id)).count();
    assert_eq!(lost(&|id| times.contains_key(id)), 0, "lost at the recorder");
    assert_eq!(lost(&|id| once.contains(id)), 0, "lost at the store");
    assert_eq!(once.len(), stored.len(), "the store recognises repeats");
}
