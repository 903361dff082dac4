//! Bounds, ends and misbehaviour of connections: what one client does costs no other.

use std::{net::SocketAddr, time::Duration};

use outrigger_tests::{
    resp_client::{RespClient, request},
    test_host::eventually,
};

use super::{Door, cache, door};

const TOKEN: &str = "0123456789abcdef-token";

/// Runs what blocks on a thread of its own.
async fn with<T: Send + 'static>(door: &Door, body: impl FnOnce(SocketAddr) -> T + Send + 'static) -> T {
    let address = door.address;
    tokio::task::spawn_blocking(move || body(address)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_password_nothing_is_told() {
    let setup = cache("memory", "").variable("OUTRIGGER_TOKEN", TOKEN);
    let door = door(setup).await;
    with(&door, |address| {
        let mut client = RespClient::connect(address);
        assert_eq!(client.say("GET a"), "-NOAUTH Authentication required.\r\n");
        assert!(client.say("HELLO 3").starts_with("-NOAUTH HELLO must be called"));
        assert!(client.say("AUTH wrong").starts_with("-WRONGPASS"));
        assert!(client.say(&format!("AUTH somebody {TOKEN}")).starts_with("-WRONGPASS"));
        assert_eq!(client.say(&format!("AUTH {TOKEN}")), "+OK\r\n");
        assert_eq!(client.say("GET a"), "$-1\r\n");
        assert_eq!(client.say("RESET"), "+RESET\r\n");
        assert_eq!(client.say("GET a"), "-NOAUTH Authentication required.\r\n");
        let hello = client.say(&format!("HELLO 3 AUTH default {TOKEN} SETNAME me"));
        assert!(hello.starts_with("%7\r\n"), "{hello}");
        assert_eq!((client.say("CLIENT GETNAME").as_str(), client.say("GET a").as_str()), ("$2\r\nme\r\n", "_\r\n"));
        // What others may send before they say who they are is little.
        let mut stranger = RespClient::connect(address);
        stranger.send(b"*2\r\n$4\r\nPING\r\n$16385\r\n");
        let rest = String::from_utf8_lossy(&stranger.rest()).into_owned();
        assert_eq!(rest, "-ERR Protocol error: unauthenticated bulk length\r\n");
    })
    .await;
    assert_eq!(door.end().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn broken_requests_end_their_connection_after_what_was_right() {
    let door = door(cache("memory", "[redis]\nrequest-max = \"64KiB\"\n")).await;
    with(&door, |address| {
        let cases: [(&[u8], &str); 5] = [
            (b"PING\r\n*1\r\n+x\r\n", "+PONG\r\n-ERR Protocol error: expected '$', got '+'\r\n"),
            (b"PING\r\nget \"a\r\n", "+PONG\r\n-ERR Protocol error: unbalanced quotes in request\r\n"),
            (b"*1\r\n$65537\r\n", "-ERR Protocol error: invalid bulk length\r\n"),
            (b"PING\r\nQUIT\r\nPING\r\n", "+PONG\r\n+OK\r\n"),
            // A web page's form.
            (
                b"POST / HTTP/1.1\r\nHost: localhost\r\n\r\nSET a b\r\n",
                "-ERR unknown command 'POST', with args beginning with: '/' 'HTTP/1.1' \r\n",
            ),
        ];
        for (sent, expected) in cases {
            let mut client = RespClient::connect(address);
            client.send(sent);
            assert_eq!(String::from_utf8_lossy(&client.rest()), expected, "{}", sent.escape_ascii());
        }
        assert_eq!(RespClient::connect(address).say("GET a"), "$-1\r\n", "the form was not run");
        // Half closed: what was asked is still answered.
        let mut client = RespClient::connect(address);
        client.send(b"PING\r\nSET k v\r\nGET k\r\nGET");
        client.half_close();
        assert_eq!(client.rest(), b"+PONG\r\n+OK\r\n$1\r\nv\r\n");
        // Announced and never sent.
        let mut slow = RespClient::connect(address);
        slow.send(b"*3\r\n$3\r\nSET\r\n$1\r\na\r\n$60000\r\nxyz");
        assert_eq!(RespClient::connect(address).say("PING"), "+PONG\r\n");
    })
    .await;
    assert_eq!(door.end().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_client_too_many_is_told_so_and_a_place_that_is_left_is_given_again() {
    let door = door(cache("memory", "[redis]\nconnections = 2\nidle-timeout = \"0s\"\n")).await;
    with(&door, |address| {
        let mut first = RespClient::connect(address);
        let mut second = RespClient::connect(address);
        assert_eq!((first.say("PING"), second.say("PING")), ("+PONG\r\n".into(), "+PONG\r\n".into()));
        assert_eq!(RespClient::connect(address).rest(), b"-ERR max number of clients reached\r\n");
        assert!(first.say("CLIENT LIST").matches("addr=").count() == 2);
    })
    .await;
    let open = || door.host.commands().connections().open.load(std::sync::atomic::Ordering::Relaxed);
    eventually("both have left", async || open() == 0).await;
    with(&door, |address| assert_eq!(RespClient::connect(address).say("PING"), "+PONG\r\n")).await;
    assert_eq!(door.end().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_client_and_one_that_does_not_read_are_disconnected() {
    let door = door(cache("memory", "[redis]\nidle-timeout = \"300ms\"\nwrite-timeout = \"300ms\"\n")).await;
    with(&door, |address| {
        assert_eq!(RespClient::connect(address).rest(), b"");
        let mut greedy = RespClient::connect(address);
        let value = vec![b'x'; 1 << 20];
        assert_eq!(greedy.ask(&[b"SET", b"big", &value]), b"+OK\r\n");
        greedy.send(&request(&[b"GET", b"big"]).repeat(200));
    })
    .await;
    let open = || door.host.commands().connections().open.load(std::sync::atomic::Ordering::Relaxed);
    eventually("the greedy client is gone", async || open() == 0).await;
    assert_eq!(door.end().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn long_values_and_long_pipelines_come_back_whole() {
    let door = door(cache("memory", "")).await;
    with(&door, |address| {
        let mut client = RespClient::connect(address);
        let value: Vec<u8> = (0..8 << 20).map(|number: u32| number.to_le_bytes()[0]).collect();
        assert_eq!(client.ask(&[b"SET", b"big", &value]), b"+OK\r\n");
        let mut bytes = Vec::new();
        for number in 0..5_000_u32 {
            bytes.extend(request(&[b"SET", number.to_string().as_bytes(), &number.to_be_bytes()]));
            bytes.extend(request(&[b"GET", number.to_string().as_bytes()]));
        }
        bytes.extend(request(&[b"GET", b"big"]));
        bytes.extend(request(&[b"MGET", b"1", b"nope", b"big"]));
        client.send(&bytes);
        for number in 0..5_000_u32 {
            assert_eq!(client.reply(), b"+OK\r\n");
            assert_eq!(client.reply(), [&b"$4\r\n"[..], &number.to_be_bytes(), b"\r\n"].concat());
        }
        let head = b"$8388608\r\n";
        let whole = [&head[..], &value, b"\r\n"].concat();
        assert!(client.reply() == whole, "a long value");
        assert!(client.reply() == [&b"*3\r\n$4\r\n\0\0\0\x01\r\n$-1\r\n"[..], &whole].concat(), "among others");
        // Not a word of what the client does not want to hear.
        client.send(
            b"CLIENT REPLY OFF\r\nSET a 1\r\nGET a\r\nCLIENT REPLY ON\r\nCLIENT REPLY SKIP\r\nGET a\r\nGET a\r\n",
        );
        assert_eq!((client.reply(), client.reply()), (b"+OK\r\n".to_vec(), b"$1\r\n1\r\n".to_vec()));
    })
    .await;
    assert_eq!(door.end().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_answers_what_was_asked_and_cuts_nobody() {
    let door = door(cache("memory", "")).await;
    let address = door.address;
    let client = tokio::task::spawn_blocking(move || {
        let mut client = RespClient::connect(address);
        assert_eq!(client.say("SET a 1"), "+OK\r\n");
        client
    });
    let mut client = client.await.unwrap();
    let ended = tokio::time::timeout(Duration::from_secs(20), door.end()).await.unwrap();
    assert_eq!(ended, 0);
    tokio::task::spawn_blocking(move || assert_eq!(client.rest(), b"")).await.unwrap();
}
