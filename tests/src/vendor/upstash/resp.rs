//! A connection to redis-server that carries any bytes.

use std::{
    io::{BufRead, BufReader, Read, Result, Write},
    net::TcpStream,
    time::Duration,
};

/// Longest wait for an answer of a local server: a busy machine's, for the largest value.
const ANSWER: Duration = Duration::from_secs(20);

/// A reply in RESP2.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reply {
    Status(String),
    Error(String),
    Integer(i64),
    Bulk(Option<Vec<u8>>),
    Array(Option<Vec<Reply>>),
}

/// A connection.
pub(super) struct Connection(BufReader<TcpStream>);

impl Connection {
    pub(super) fn open(port: u16) -> Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_read_timeout(Some(ANSWER))?;
        stream.set_nodelay(true)?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Sends commands at once and returns their replies.
    pub(super) fn run(&mut self, commands: &[Vec<Vec<u8>>]) -> Result<Vec<Reply>> {
        let mut request = Vec::new();
        for command in commands {
            write!(request, "*{}\r\n", command.len())?;
            for word in command {
                write!(request, "${}\r\n", word.len())?;
                request.extend_from_slice(word);
                request.extend_from_slice(b"\r\n");
            }
        }
        self.0.get_mut().write_all(&request)?;
        commands.iter().map(|_| self.reply()).collect()
    }

    fn reply(&mut self) -> Result<Reply> {
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let line = line.trim_end_matches("\r\n");
        let (kind, rest) = line.split_at_checked(1).unwrap_or(("", ""));
        let length = || rest.parse::<usize>().ok();
        Ok(match kind {
            "+" => Reply::Status(rest.to_owned()),
            "-" => Reply::Error(rest.to_owned()),
            ":" => Reply::Integer(rest.parse().expect("a number of redis-server")),
            "$" => Reply::Bulk(match length() {
                None => None,
                Some(length) => {
                    let mut bytes = vec![0; length + 2];
                    self.0.read_exact(&mut bytes)?;
                    bytes.truncate(length);
                    Some(bytes)
                }
            }),
            "*" => Reply::Array(match length() {
                None => None,
                Some(length) => Some((0..length).map(|_| self.reply()).collect::<Result<_>>()?),
            }),
            _ => return Err(std::io::ErrorKind::UnexpectedEof.into()),
        })
    }
}
