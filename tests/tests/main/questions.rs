//! `outrigger call analytics query` as a process against a serving host.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Command, Output, Stdio},
    time::Duration,
};

use outrigger_tests::{
    program,
    test_host::{OwnHost, Setup},
};
use serde_json::Value;
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};

use crate::events::serve;

const CONFIG: &str =
    "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = [\"internal\"]\n";

/// A serving host, and the program to ask it with.
struct Asked {
    host: OwnHost,
    address: SocketAddr,
    _stop: watch::Sender<bool>,
}

impl Asked {
    async fn start() -> Self {
        let setup = Setup::new(CONFIG, &["cache_memory", "analytics_internal"]);
        let path = setup.path("events.sqlite3").display().to_string();
        let host = setup.variable("ANALYTICS_DATABASE_PATH", &path).into_host().await;
        let analytics = host.analytics().unwrap();
        for (user, event, total) in
            [("ann", "Signed Up", 0), ("ben", "Signed Up", 0), ("ann", "Paid", 20), ("ann", "Paid", 5)]
        {
            let accepted = analytics.track(user, event).property("total", total).await.unwrap();
            accepted.delivered(Duration::from_secs(20)).await;
        }
        let (address, stop) = serve((*host).clone()).await;
        Self { host, address, _stop: stop }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let url = format!("http://{}", self.address);
        let mut command = program::command(&self.host.setup, &["call", "analytics", "query", "--url", &url]);
        command.args(arguments);
        command
    }

    /// Runs the program and returns its exit code, standard output and standard error.
    async fn ask(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = self.command(arguments);
        let output: Output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    async fn prints(&self, arguments: &[&str], expected: &str) {
        let (code, said, failed) = self.ask(arguments).await;
        assert_eq!((code, said.as_str()), (0, expected), "{arguments:?}: {failed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_question_is_printed_as_a_table() {
    let asked = Asked::start().await;
    asked.prints(&["counts", "--from", "1h"], "EVENTS  PEOPLE\n     4       2\n").await;
    asked
        .prints(&["counts", "--event", "track:Paid", "--where", "total>=20"], "EVENTS  PEOPLE\n     1       1\n")
        .await;
    let top = "TYPE   NAME         EVENTS  PEOPLE\ntrack  Paid              2       1\ntrack  Signed Up         2       2\n\
               total  all 2 names       4       2\n";
    asked.prints(&["top"], top).await;
    let breakdown = "TOTAL  EVENTS  PEOPLE\n0           2       2\n20          1       1\nother       1       1\ntotal       4       2\n";
    asked.prints(&["breakdown", "total", "--limit", "2"], breakdown).await;
    let funnel = "STEP  EVENT      PEOPLE  OF FIRST  OF PREVIOUS\n   1  Signed Up       2    100.0%       100.0%\n   2  Paid            1     50.0%        50.0%\n";
    asked.prints(&["funnel", "Signed Up", "Paid", "--window", "7d"], funnel).await;
    let (code, said, _) = asked.ask(&["retention", "Signed Up", "Paid", "--every", "week"]).await;
    assert!(code == 0 && said.starts_with("BEGAN       PEOPLE  WEEK 0\n") && said.contains("2   50.0%\n"), "{said}");
    let (code, said, _) = asked.ask(&["timeline", "ann", "--limit", "1"]).await;
    assert!(code == 0 && said.contains("track  Paid  {\"total\":5}\n\nmore with --cursor t"), "{said}");
    let (code, said, _) = asked.ask(&["counts", "--event", "Paid", "--format", "json"]).await;
    let answer: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, answer["total"]["events"].as_u64()), (0, Some(2)));
    let (code, said, _) = asked.ask(&["export", "--event", "Signed Up"]).await;
    let users: Vec<_> =
        said.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["user_id"].clone()).collect();
    assert_eq!((code, users), (0, vec!["ann".into(), "ben".into()]));
    asked.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_sense_says_so_and_a_user_goes_only_when_meant() {
    let asked = Asked::start().await;
    for (arguments, code, says) in [
        (&["counts", "--where", ">5"][..], 1, "error[cli.condition]: `>5` is no condition"),
        (&["counts", "--from", "yesterday"], 1, "error[http.invalid]: /filter/from \"yesterday\" is neither RFC 3339"),
        (&["counts", "--every", "day", "--zone", "Mars"], 1, "/zone `Mars` is no time zone"),
        (&["top", "--provider", "posthog"], 1, "called `posthog` answers questions; these do: internal"),
        (&["delete-user", "ann"], 1, "error[cli.not_confirmed]: everything known of `ann` would be gone for ever"),
        (&["funnel", "a", "--window", "7d"], 2, "2 values required"),
    ] {
        let (exit, _, failed) = asked.ask(arguments).await;
        assert!(exit == code && failed.contains(says), "{arguments:?} ends with {exit}: {failed}");
    }
    asked.prints(&["delete-user", "ann", "--yes"], "PROVIDER  EVENTS  IDS\ninternal       3    1\n").await;
    asked.prints(&["timeline", "ann"], "no events\n").await;
    asked.prints(&["counts"], "EVENTS  PEOPLE\n     1       1\n").await;
    asked.host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_live_feed_goes_on_with_what_comes() {
    let asked = Asked::start().await;
    let mut child = asked.command(&["live", "--follow", "--limit", "1"]).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let (sender, mut receiver) = mpsc::unbounded_channel();
    std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
    // Longer than a busy machine needs for a line.
    let mut next = async || timeout(Duration::from_secs(20), receiver.recv()).await.unwrap().unwrap();
    assert!(next().await.ends_with("ann  track  Paid  {\"total\":5}"));
    asked.host.analytics().unwrap().track("cat", "Came Later").await.unwrap();
    assert!(next().await.contains("cat  track  Came Later"));
    child.kill().unwrap();
    child.wait().unwrap();
    asked.host.shutdown().await;
}
