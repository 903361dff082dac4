//! A client that speaks the Redis protocol and nothing else: what it sends is said byte by byte, and replies come as
//! they were.
#![expect(clippy::expect_used, clippy::panic, reason = "a harness: what fails here is the test's failure")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// Longest wait for a reply.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection.
pub struct RespClient {
    write: TcpStream,
    read: BufReader<TcpStream>,
}

impl RespClient {
    /// Connects.
    ///
    /// # Panics
    /// Where nobody listens.
    pub fn connect(address: SocketAddr) -> Self {
        let write = TcpStream::connect(address).expect("connects");
        write.set_nodelay(true).expect("sets an option");
        write.set_read_timeout(Some(PATIENCE)).expect("sets an option");
        let read = BufReader::new(write.try_clone().expect("clones"));
        Self { write, read }
    }

    /// Sends bytes as they are.
    ///
    /// # Panics
    /// Where the connection is gone.
    pub fn send(&mut self, bytes: &[u8]) {
        self.write.write_all(bytes).expect("sends");
    }

    /// Sends no more, and still reads.
    ///
    /// # Panics
    /// Where the connection is gone.
    pub fn half_close(&mut self) {
        self.write.shutdown(std::net::Shutdown::Write).expect("closes one half");
    }

    /// Sends a request and returns the reply.
    ///
    /// # Panics
    /// As [`Self::reply`].
    pub fn ask(&mut self, words: &[&[u8]]) -> Vec<u8> {
        self.send(&request(words));
        self.reply()
    }

    /// Sends words without blanks as a request and returns the reply as text.
    ///
    /// # Panics
    /// As [`Self::reply`].
    pub fn say(&mut self, line: &str) -> String {
        let words: Vec<&[u8]> = line.split(' ').map(str::as_bytes).collect();
        String::from_utf8_lossy(&self.ask(&words)).into_owned()
    }

    /// Returns one reply with all its parts, as it came.
    ///
    /// # Panics
    /// Where none comes, or it is none.
    pub fn reply(&mut self) -> Vec<u8> {
        let mut reply = Vec::new();
        self.part(&mut reply);
        reply
    }

    /// Returns what comes until the other side ends the connection.
    ///
    /// # Panics
    /// Where it does not.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        self.read.read_to_end(&mut rest).expect("the connection ends");
        rest
    }

    fn part(&mut self, reply: &mut Vec<u8>) {
        let start = reply.len();
        self.read.read_until(b'\n', reply).expect("a reply comes");
        let line = reply.get(start..).unwrap_or_default().to_vec();
        let number =
            || std::str::from_utf8(line.get(1..).unwrap_or_default()).ok().and_then(|text| text.trim().parse().ok());
        match (line.first(), number()) {
            (Some(b'$' | b'='), Some(-1_i64))
            | (Some(b'*'), Some(-1))
            | (Some(b'+' | b'-' | b':' | b'_' | b'#' | b','), _) => {}
            (Some(b'$' | b'='), Some(bytes)) => {
                let mut body = vec![0; usize::try_from(bytes).expect("a length") + 2];
                self.read.read_exact(&mut body).expect("the whole of a value comes");
                reply.extend(body);
            }
            (Some(b'*' | b'~'), Some(count)) => (0..count).for_each(|_| self.part(reply)),
            (Some(b'%'), Some(count)) => (0..2 * count).for_each(|_| self.part(reply)),
            _ => panic!("{:?} is no reply", String::from_utf8_lossy(&line)),
        }
    }
}

/// Returns the bytes of a request.
pub fn request(words: &[&[u8]]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend(format!("${}\r\n", word.len()).bytes());
        bytes.extend_from_slice(word);
        bytes.extend(b"\r\n");
    }
    bytes
}
