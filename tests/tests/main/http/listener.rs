//! The listener under the door: header time, and shutdown with a request in flight.

use std::time::Duration;

use outrigger::serve::{Bound, Bounds};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
};

use super::Door;

/// Longer than any answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

async fn serve(
    door: &Door,
    header_timeout: Duration,
) -> (TcpStream, watch::Sender<bool>, tokio::task::JoinHandle<usize>) {
    let bound = Bound::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = bound.address;
    let (stop, stopped) = watch::channel(false);
    let bounds = Bounds { connections: 8, header_timeout };
    let serving = tokio::spawn(bound.serve(door.app.clone(), bounds, stopped, PATIENCE));
    (TcpStream::connect(address).await.unwrap(), stop, serving)
}

async fn rest(stream: &mut TcpStream) -> String {
    let mut text = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut text)).await;
    // A reset also says that the connection is closed.
    let _ = read.expect("the connection was never closed");
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_trickles_its_header_is_closed_in_time() {
    let door = Door::cache().await;
    let header_timeout = Duration::from_millis(200);
    // Before the connection: the server's clock begins when it accepts, which can be before this task goes on.
    let began = std::time::Instant::now();
    let (stream, _stop, _serving) = serve(&door, header_timeout).await;
    let (mut reads, mut writes) = stream.into_split();
    // A byte now and then must not begin the time anew.
    let trickle = tokio::spawn(async move {
        let mut header = b"GET /v1/cache/size HTTP/1.1\r\nhost: localhost\r\nx-slow: ".to_vec();
        while writes.write_all(&header).await.is_ok() {
            header = vec![b'x'];
            tokio::time::sleep(header_timeout / 8).await;
        }
    });
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, reads.read_to_end(&mut answer)).await.expect("it was never closed");
    assert!(began.elapsed() >= header_timeout, "closed after {:?}", began.elapsed());
    assert!(!String::from_utf8_lossy(&answer).contains("200 OK"));
    trickle.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_is_closed_in_time() {
    let door = Door::cache().await;
    let header_timeout = Duration::from_millis(200);
    for request in [None, Some("GET /v1/cache/size HTTP/1.1\r\nhost: localhost\r\n\r\n")] {
        let began = std::time::Instant::now();
        let (mut stream, _stop, _serving) = serve(&door, header_timeout).await;
        if let Some(request) = request {
            stream.write_all(request.as_bytes()).await.unwrap();
        }
        let answer = rest(&mut stream).await;
        assert_eq!(answer.starts_with("HTTP/1.1 200"), request.is_some(), "{answer}");
        assert!(began.elapsed() >= header_timeout, "closed after {:?}", began.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_beyond_16_kib_is_refused() {
    let door = Door::cache().await;
    let head = |bytes: usize| {
        let plain = "GET /v1/cache/size HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx-long: \r\n\r\n";
        plain.replace("x-long: ", &format!("x-long: {}", "x".repeat(bytes - plain.len())))
    };
    let fields: String = (0..101).map(|number| format!("x-{number}: v\r\n")).collect();
    for (request, status) in [
        (head(16 * 1024), "200"),
        (head(16 * 1024 + 1), "431"),
        (head(1 << 20), "431"),
        // Never ended: refused by what has come so far.
        (head(64 * 1024).trim_end().to_owned(), "431"),
        (format!("GET /v1/cache/size HTTP/1.1\r\n{fields}\r\n"), "431"),
    ] {
        let (stream, _stop, _serving) = serve(&door, PATIENCE).await;
        let (mut reads, mut writes) = stream.into_split();
        // The door may answer and close before it has read everything.
        let length = request.len();
        let sending = tokio::spawn(async move { writes.write_all(request.as_bytes()).await.map(|()| writes) });
        let mut first = [0; 12];
        let read = tokio::time::timeout(PATIENCE, reads.read_exact(&mut first)).await.expect("no answer");
        read.unwrap_or_else(|error| panic!("{length} bytes: {error}"));
        assert_eq!(String::from_utf8_lossy(&first), format!("HTTP/1.1 {status}"), "{length} bytes");
        drop(sending.await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_in_flight_is_answered_at_shutdown() {
    let door = Door::cache().await;
    let (mut stream, stop, serving) = serve(&door, PATIENCE).await;
    // The door answers "100 Continue" once it reads the body: then the request is in flight for certain.
    let head =
        "PUT /v1/cache/keys/late HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut interim = [0; 25];
    tokio::time::timeout(PATIENCE, stream.read_exact(&mut interim)).await.unwrap().unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stop.send(true).unwrap();
    stream.write_all(b"done").await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    assert_eq!(serving.await.unwrap(), 0, "no connection was cut");
    assert_eq!(door.host.cache().unwrap().get("late").await.unwrap().as_deref(), Some(&b"done"[..]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_listener_hears_of_the_end_and_cuts_who_stays() {
    let door = Door::cache().await;
    let bound = Bound::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = bound.address;
    let (stop, stopped) = watch::channel(false);
    let bounds = Bounds { connections: 1, header_timeout: PATIENCE };
    let serving = tokio::spawn(bound.serve(door.app.clone(), bounds, stopped, Duration::from_millis(50)));
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A body that never comes keeps the only place, beyond the grace period.
    stream
        .write_all(b"PUT /v1/cache/keys/k HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nhalf")
        .await
        .unwrap();
    let _waiting = TcpStream::connect(address).await.unwrap();
    stop.send(true).unwrap();
    let cut = tokio::time::timeout(PATIENCE, serving).await.expect("the listener did not end").unwrap();
    assert!(cut <= 1, "{cut} connections cut, one was open");
}
