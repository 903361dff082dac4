//! Just enough of Redis' protocol to set servers up.

use std::{
    io::{Error, ErrorKind, Read, Result, Write},
    net::TcpStream,
    time::Duration,
};

/// Longest wait for an answer of a local server.
const ANSWER: Duration = Duration::from_secs(5);

/// Sends one command and returns its reply as it came: a line, or a bulk string with its length line.
pub(super) fn command(port: u16, words: &[&str]) -> Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(ANSWER))?;
    let mut request = format!("*{}\r\n", words.len());
    for word in words {
        request.push_str(&format!("${}\r\n{word}\r\n", word.len()));
    }
    stream.write_all(request.as_bytes())?;
    let mut reply = Vec::new();
    let mut buffer = [0; 4096];
    while !complete(&reply) {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Err(Error::from(ErrorKind::UnexpectedEof));
        }
        reply.extend_from_slice(buffer.get(..count).unwrap_or_default());
    }
    Ok(String::from_utf8_lossy(&reply).into_owned())
}

/// Tells whether a line, or a bulk string of the length its line names, is there.
fn complete(reply: &[u8]) -> bool {
    let Some(end) = reply.windows(2).position(|pair| pair == b"\r\n") else { return false };
    let line = String::from_utf8_lossy(reply.get(..end).unwrap_or_default());
    match line.strip_prefix('$').and_then(|length| length.parse::<usize>().ok()) {
        Some(length) => reply.len() >= end + 2 + length + 2,
        None => true,
    }
}
