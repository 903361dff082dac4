//! What the log says of requests.

use std::{
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

use tracing_subscriber::fmt::MakeWriter;

use super::{Door, request};

/// Log lines kept in memory.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

// One thread, so that the subscriber of this thread hears everything.
#[tokio::test]
async fn each_request_has_a_line_with_its_id_and_without_its_data() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
        .with_ansi(false)
        .with_writer(lines.clone())
        .finish();
    // While there is one subscriber alone, tracing asks the thread that meets a line first whether anybody wants it,
    // and a thread of another test would say no for all. With a second one it asks every subscriber.
    let _second = tracing::Dispatch::new(tracing_subscriber::registry());
    let _kept = tracing::subscriber::set_default(subscriber);
    let door = Door::cache().await;
    for (id, path) in [("order-17", "/v1/cache/keys/canary-key?ttl=1s"), ("order-18", "/nothing/canary-path")] {
        let mut request = request("GET", path, "");
        request.headers_mut().insert("x-request-id", id.parse().unwrap());
        request.headers_mut().insert("authorization", "Bearer canary-token".parse().unwrap());
        assert_eq!(door.ask(request).await.status, 404);
    }
    let text = lines.text();
    let line = |id: &str| text.lines().find(|line| line.contains(id)).unwrap_or_else(|| panic!("{id} in {text}"));
    for part in ["method=\"GET\"", "route=\"/v1/cache/keys/{*key}\"", "status=404", "cache.missing", "took_us="] {
        assert!(line("order-17").contains(part), "{part} in {}", line("order-17"));
    }
    assert!(line("order-18").contains("http.no_such_route") && line("order-18").contains("route=\"none\""), "{text}");
    assert!(!text.contains("canary"), "{text}");
}
