//! Writes entries as fast as one connection takes them.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

/// Requests that are sent before their replies are read.
const AT_ONCE: usize = 500;

/// Sets these keys to 64 bytes each.
pub(crate) fn fill(address: SocketAddr, numbers: impl Iterator<Item = u64>) {
    let mut stream = TcpStream::connect(address).expect("a connection");
    let value = "v".repeat(64);
    let mut numbers = numbers.peekable();
    let (mut requests, mut replies) = (String::new(), vec![0; AT_ONCE * b"+OK\r\n".len()]);
    while numbers.peek().is_some() {
        requests.clear();
        let mut sent = 0;
        for number in numbers.by_ref().take(AT_ONCE) {
            let key = format!("key:{number:020}");
            requests.push_str(&format!("*3\r\n$3\r\nSET\r\n${}\r\n{key}\r\n$64\r\n{value}\r\n", key.len()));
            sent += 1;
        }
        stream.write_all(requests.as_bytes()).expect("requests are sent");
        let replies = replies.get_mut(..sent * 5).expect("room");
        stream.read_exact(replies).expect("replies");
        assert!(replies.chunks(5).all(|reply| reply == b"+OK\r\n"), "{}", String::from_utf8_lossy(replies));
    }
}
