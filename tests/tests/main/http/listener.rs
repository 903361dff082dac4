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
async fn a_client_that_never_ends_its_header_is_closed() {
    let door = Door::cache().await;
    let (mut stream, _stop, _serving) = serve(&door, Duration::from_millis(50)).await;
    stream.write_all(b"GET /v1/cache/size HTTP/1.1\r\nhost: localhost\r\nx-slow: ").await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(!answer.contains("200 OK"), "{answer}");
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
