//! An error reported over HTTP is an issue in Bugsink, a server of another's that speaks Sentry's protocol.

use std::{
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use http::Request;
use http_body_util::Full;
use outrigger::door::http as door;
use outrigger_tests::{
    redis_server::free_port,
    test_host::{Setup, eventually},
    vendor::sentry::KEY,
};
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::installed;

/// A Bugsink with one project, in a folder of its own.
struct Bugsink {
    server: Child,
    folder: TempDir,
    port: u16,
}

/// Returns a command of the installation that works in `folder` and leaves nothing elsewhere.
fn command(program: &str, folder: &Path) -> Command {
    let mut command = installed::python(program);
    command.current_dir(folder).env("HOME", folder);
    command
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&said));
}

impl Bugsink {
    async fn start() -> Self {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let path = folder.path();
        run(command("bugsink-create-conf", path).args(["--template=local", &format!("--port={port}")]));
        run(command("bugsink-manage", path).args(["migrate", "--verbosity=0"]));
        let project = format!(
            "from projects.models import Project; Project.objects.create(id=42, name='shop', sentry_key='{KEY}')"
        );
        run(command("bugsink-manage", path).args(["shell", "--command", &project]));
        let mut gunicorn = command("gunicorn", path);
        gunicorn.args(["--workers=1", &format!("--bind=127.0.0.1:{port}"), "bugsink.wsgi"]);
        let log = std::fs::File::create(path.join("gunicorn.log")).unwrap();
        let server = gunicorn.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        eventually("bugsink listens", async || TcpStream::connect(("127.0.0.1", port)).is_ok()).await;
        Self { server, folder, port }
    }

    /// Returns the one event it has, with what it made of it.
    fn event(&self) -> (Value, Shown) {
        let file = self.folder.path().join("db.sqlite3");
        let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let columns = "data, calculated_type, calculated_value, release, environment, level, last_frame_function";
        let read = |row: &rusqlite::Row<'_>| {
            let text = |at: usize| row.get::<_, String>(at);
            Ok((text(0)?, [text(1)?, text(2)?, text(3)?, text(4)?, text(5)?, text(6)?]))
        };
        let (data, shown) = database.query_one(&format!("SELECT {columns} FROM events_event"), [], read).unwrap();
        (serde_json::from_str(&data).unwrap(), shown)
    }
}

/// Type, value, release, environment, level and function of the last frame.
type Shown = [String; 6];

impl Drop for Bugsink {
    fn drop(&mut self) {
        // Its master ends the workers where it is asked to end; where it is killed they stay for a while.
        let _ = Command::new("kill").arg(self.server.id().to_string()).status();
        let _ = self.server.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_reported_over_http_is_shown_with_type_text_frames_and_release() {
    let bugsink = Bugsink::start().await;
    let text = format!(
        "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = [\"sentry\"]\n[analytics]\nproviders = []\n\
         [providers.sentry]\nsettings.dsn = \"http://{KEY}@127.0.0.1:{}/42\"\nsettings.environment = \"staging\"\n",
        bugsink.port
    );
    let host = Setup::new(&text, &["cache_memory", "monitoring_sentry"]).into_host().await;
    let options = door::Options { token: None, body_bytes_max: 1 << 20, request_timeout: Duration::from_secs(60) };
    let app = door::app((*host).clone(), &options);
    let error = json!({
        "exceptions": [
            { "type": "CheckoutError", "value": "can't charge the card", "frames": [
                { "function": "charge", "module": "shop::pay", "file": "src/pay.rs", "line": 17, "in_app": true },
                { "function": "main", "file": "src/main.rs", "line": 3, "in_app": true }
            ] },
            { "type": "TimeoutError", "value": "no answer in 5 s" }
        ],
        "release": "shop@1.4.2",
        "severity": "fatal",
        "user": { "id": "u-7" }
    });
    let report = Request::post("/v1/monitoring/errors?wait=delivered&timeout=50s");
    let answer = app.oneshot(report.body(Full::from(error.to_string())).unwrap()).await.unwrap();
    assert_eq!(answer.status(), 200);
    let (data, shown) = bugsink.event();
    assert_eq!(
        shown,
        ["CheckoutError", "can't charge the card", "shop@1.4.2", "staging", "fatal", "charge"].map(str::to_owned)
    );
    let values = data["exception"]["values"].as_array().unwrap();
    let names: Vec<&Value> = values.iter().map(|value| &value["type"]).collect();
    assert_eq!(names, ["TimeoutError", "CheckoutError"], "the cause comes first");
    let frames = values[1]["stacktrace"]["frames"].as_array().unwrap();
    let lines: Vec<_> = frames.iter().map(|frame| (&frame["function"], &frame["filename"], &frame["lineno"])).collect();
    let (main, charge) =
        ((json!("main"), json!("src/main.rs"), json!(3)), (json!("charge"), json!("src/pay.rs"), json!(17)));
    assert_eq!(
        lines,
        [(&main.0, &main.1, &main.2), (&charge.0, &charge.1, &charge.2)],
        "the innermost call comes last"
    );
    assert_eq!(data["user"], json!({ "id": "u-7" }));
}
