//! The same random requests to a real Redis 7 and to the door with the memory provider: the replies are the same bytes.
//!
//! `OUTRIGGER_DIFFERENTIAL=SEED:REQUESTS` runs another sequence, such as the million that docs/doors/redis.md tells of.
#![expect(clippy::indexing_slicing, reason = "tests; clippy knows their functions, but not those they call")]

use std::{collections::VecDeque, net::SocketAddr};

use outrigger_tests::{
    redis_server::RedisServer,
    resp_client::{RespClient, request as encoded},
};

use super::{
    cache, door,
    generate::{Request, Source, request},
};

const SEED: u64 = 7;
const REQUESTS: usize = 20_000;
/// Requests that are sent before the first reply is read.
const PIPELINE_MAX: usize = 24;
/// Requests before a difference that are told with it.
const SHOWN: usize = 40;
/// What a time left may differ by: the one server is asked after the other.
const SLACK_MS: i64 = 2_000;

/// Compares two replies to a request. What may differ, and why, is listed in docs/doors/redis.md.
fn same(request: &Request, ours: &[u8], theirs: &[u8]) -> bool {
    if ours == theirs {
        return true;
    }
    let name = request[0].to_ascii_lowercase();
    let number = |reply: &[u8]| std::str::from_utf8(reply).ok()?.strip_prefix(':')?.trim().parse::<i64>().ok();
    match &name[..] {
        // In any order.
        b"keys" | b"scan" => sorted(ours) == sorted(theirs),
        b"randomkey" => ours != b"$-1\r\n" && theirs != b"$-1\r\n",
        // Redis counts what has expired until it comes by.
        b"dbsize" => number(ours) <= number(theirs),
        // Asked one after the other.
        b"pttl" | b"pexpiretime" | b"ttl" | b"expiretime" => match (number(ours), number(theirs)) {
            (Some(ours), Some(theirs)) => ours > 0 && (ours - theirs).abs() <= SLACK_MS,
            _ => false,
        },
        _ => false,
    }
}

/// Splits a reply into its lines, in order.
fn sorted(reply: &[u8]) -> Vec<Vec<u8>> {
    let mut lines: Vec<_> = reply.split(|byte| *byte == b'\n').map(|line| line.trim_ascii_end().to_vec()).collect();
    lines.sort();
    lines
}

/// Compares the replies to EXEC, one by one with what was queued.
fn same_list(queued: &[Request], ours: &[u8], theirs: &[u8]) -> bool {
    let (mut ours, mut theirs) = (parts(ours), parts(theirs));
    if ours.len() != queued.len() || theirs.len() != queued.len() {
        return ours == theirs;
    }
    queued
        .iter()
        .zip(ours.drain(..).zip(theirs.drain(..)))
        .all(|(request, (ours, theirs))| same(request, &ours, &theirs))
}

/// Splits a list into its replies; none where it is no list.
fn parts(reply: &[u8]) -> Vec<Vec<u8>> {
    let mut rest = reply;
    let Some(count) = take_line(&mut rest).strip_prefix(b"*").and_then(number) else { return Vec::new() };
    (0..count).map(|_| take_reply(&mut rest)).collect()
}

fn number(line: &[u8]) -> Option<usize> {
    std::str::from_utf8(line).ok()?.trim().parse().ok()
}

fn take_line<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| at + 1);
    let (line, behind) = rest.split_at(end);
    *rest = behind;
    line
}

fn take_reply(rest: &mut &[u8]) -> Vec<u8> {
    let mut reply = take_line(rest).to_vec();
    match (reply[0], number(&reply[1..])) {
        (b'$', Some(bytes)) => {
            reply.extend_from_slice(&rest[..bytes + 2]);
            *rest = &rest[bytes + 2..];
        }
        (b'*', Some(count)) => (0..count).for_each(|_| reply.extend(take_reply(rest))),
        _ => {}
    }
    reply
}

fn shown(request: &Request) -> String {
    request.iter().map(|word| word.escape_ascii().to_string()).collect::<Vec<_>>().join(" ")
}

/// Known differences: requests that are not sent, each with its reason.
fn left_out(request: &Request) -> bool {
    let name = request[0].to_ascii_lowercase();
    // Redis counts the references of small numbers that it shares.
    let references = name == b"object" && request.get(1).is_some_and(|word| word == b"refcount");
    // Which keys make a page is each server's affair; with a large COUNT it is all of them.
    let page = name == b"scan" && request.len() == 2;
    references || page
}

fn compare(seed: u64, requests: usize, ours: SocketAddr, theirs: SocketAddr) {
    let mut source = Source(seed);
    let (mut ours, mut theirs) = (RespClient::connect(ours), RespClient::connect(theirs));
    let (mut sent, mut queued, mut before) = (0, Vec::new(), VecDeque::new());
    while sent < requests {
        let batch: Vec<Request> = (0..=source.below(PIPELINE_MAX)).map(|_| request(&mut source)).collect();
        let batch: Vec<_> = batch.into_iter().filter(|request| !left_out(request)).collect();
        let bytes: Vec<u8> =
            batch.iter().flat_map(|words| encoded(&words.iter().map(Vec::as_slice).collect::<Vec<_>>())).collect();
        ours.send(&bytes);
        theirs.send(&bytes);
        for (number, request) in batch.iter().enumerate() {
            let (a, b) = (ours.reply(), theirs.reply());
            let name = request[0].to_ascii_lowercase();
            let agree = if name == b"exec" { same_list(&queued, &a, &b) } else { same(request, &a, &b) };
            if b == b"+QUEUED\r\n" {
                queued.push(request.clone());
            } else if matches!(&name[..], b"exec" | b"multi" | b"discard") && !b.starts_with(b"-ERR MULTI") {
                queued.clear();
            }
            before.push_back(request.clone());
            if before.len() > SHOWN {
                before.pop_front();
            }
            assert!(
                agree,
                "seed {seed}, request {}, after {}:\n{}\n  door:  {}\n  redis: {}",
                sent + number,
                before.iter().map(shown).collect::<Vec<_>>().join("; "),
                shown(request),
                a.escape_ascii(),
                b.escape_ascii()
            );
        }
        sent += batch.len();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn random_requests_get_the_replies_of_a_real_redis() {
    let asked = std::env::var("OUTRIGGER_DIFFERENTIAL").ok();
    let asked = asked.as_deref().and_then(|text| text.split_once(':'));
    let (seed, requests) =
        asked.map_or((SEED, REQUESTS), |(seed, requests)| (seed.parse().unwrap(), requests.parse().unwrap()));
    let server = RedisServer::start();
    let door = door(cache("memory", "")).await;
    let (ours, theirs) = (door.address, server.address());
    tokio::task::spawn_blocking(move || compare(seed, requests, ours, theirs)).await.unwrap();
    assert_eq!(door.end().await, 0);
}
