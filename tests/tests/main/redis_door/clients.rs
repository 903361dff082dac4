//! `redis-cli` and the `redis` crate at the door, with the memory and the redis provider behind it.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use outrigger_tests::redis_server::RedisServer;
use redis::{
    AsyncCommands, Client, ExistenceCheck, IntegerReplyOrNoOp, Script, SetExpiry, SetOptions,
    aio::MultiplexedConnection,
};

use super::{Door, cache, door};

/// Runs the check against both providers.
async fn with_each(check: impl AsyncFn(&Door)) {
    let server = RedisServer::start();
    for setup in [cache("memory", ""), cache("redis", "").variable("REDIS_URL", &server.url())] {
        let door = door(setup).await;
        check(&door).await;
        door.end().await;
    }
}

/// Returns what `redis-cli` prints of a command, given these bytes on its standard input.
async fn cli(door: &Door, words: &[&str], input: &[u8]) -> String {
    let mut command = Command::new("redis-cli");
    command.args(["-h", "127.0.0.1", "-p", &door.address.port().to_string()]).args(words);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
    assert!(output.status.success(), "{words:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_cli_does_what_its_manual_shows() {
    with_each(async |door| {
        let ask = async |words: &[&str]| cli(door, words, b"").await;
        assert_eq!(ask(&["PING"]).await, "PONG\n");
        assert_eq!(ask(&["-3", "SET", "greeting", "hello world", "EX", "100"]).await, "OK\n");
        assert_eq!(cli(door, &["-x", "SET", "from-input"], b"\0bytes\xff").await, "OK\n");
        assert_eq!(ask(&["STRLEN", "from-input"]).await, "7\n");
        assert_eq!(ask(&["--no-raw", "GET", "from-input"]).await, "\"\\x00bytes\\xff\"\n");
        assert_eq!(ask(&["-r", "3", "INCR", "counter"]).await, "1\n2\n3\n");
        assert_eq!(ask(&["--json", "MGET", "greeting", "nope"]).await, "[\"hello world\",null]\n");
        assert!(ask(&["INCR", "greeting"]).await.starts_with("ERR value is not an integer or out of range"));
        let session = "MULTI\nSET a 1\nINCR a\nEXEC\nGET a\n";
        assert_eq!(cli(door, &[], session.as_bytes()).await, "OK\nQUEUED\nQUEUED\nOK\n2\n2\n");
        let mass: String = (0..1_000).map(|n| format!("*3\r\n$3\r\nSET\r\n$4\r\nm{n:03}\r\n$1\r\nx\r\n")).collect();
        let said = cli(door, &["--pipe"], mass.as_bytes()).await;
        assert!(said.contains("errors: 0, replies: 1000"), "{said}");
        let scanned = ask(&["--scan", "--pattern", "m*"]).await;
        assert_eq!(scanned.lines().count(), 1_000);
        let biggest = ask(&["--bigkeys"]).await;
        assert!(biggest.contains("Sampled 1004 keys") && biggest.contains("greeting\"' has 11 bytes"), "{biggest}");
        let unlock = "if redis.call('get',KEYS[1]) == ARGV[1] then return redis.call('del',KEYS[1]) else return 0 end";
        assert_eq!(ask(&["EVAL", unlock, "1", "a", "2"]).await, "1\n");
        assert!(ask(&["INFO", "server"]).await.contains("redis_version:7."));
    })
    .await;
}

async fn connection(door: &Door, protocol: &str) -> MultiplexedConnection {
    let client = Client::open(format!("redis://{}/?protocol={protocol}", door.address)).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_redis_crate_does_what_its_documentation_shows() {
    with_each(async |door| {
        for protocol in ["resp2", "resp3"] {
            let mut client = connection(door, protocol).await;
            let _: () = redis::cmd("FLUSHDB").query_async(&mut client).await.unwrap();
            let options = SetOptions::default().conditional_set(ExistenceCheck::NX).with_expiration(SetExpiry::EX(100));
            assert!(client.set_options::<_, _, bool>("a", 1, options.clone()).await.unwrap());
            assert!(!client.set_options::<_, _, bool>("a", 2, options).await.unwrap());
            assert!(matches!(client.ttl("a").await.unwrap(), IntegerReplyOrNoOp::IntegerReply(91..=100)));
            let both: (i64, Option<String>) = client.mget(&["a", "nope"]).await.unwrap();
            assert_eq!(both, (1, None));
            let mut transaction = redis::pipe();
            transaction.atomic().set("t", 1).ignore().incr("t", 4).get("t");
            let (sum, read): (i64, String) = transaction.query_async(&mut client).await.unwrap();
            assert_eq!((sum, read.as_str()), (5, "5"));
            let many: Vec<i64> = (0..100)
                .fold(redis::pipe(), |mut pipe, _| {
                    pipe.incr("n", 1);
                    pipe
                })
                .query_async(&mut client)
                .await
                .unwrap();
            assert_eq!(many, (1..=100).collect::<Vec<_>>());
            let bytes: Vec<u8> = (0..=255).collect();
            let _: () = client.set_ex("bytes", &bytes, 100).await.unwrap();
            assert_eq!(client.get::<_, Vec<u8>>("bytes").await.unwrap(), bytes);
            let mut found: Vec<String> = Vec::new();
            let mut keys = client.scan::<String>().await.unwrap();
            while let Some(key) = keys.next_item().await {
                found.push(key.unwrap());
            }
            found.sort_unstable();
            assert_eq!(found, ["a", "bytes", "n", "t"]);
            let mut client = connection(door, protocol).await;
            let unlock = Script::new(
                "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) else return 0 end",
            );
            let removed: i64 = unlock.key("t").arg("5").invoke_async(&mut client).await.unwrap();
            assert_eq!(removed, 1);
            let refused = client.incr::<_, _, i64>("bytes", 1).await.unwrap_err();
            assert!(refused.to_string().contains("not an integer"), "{refused}");
        }
    })
    .await;
}
