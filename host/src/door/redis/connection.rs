//! One connection: reads requests, has them run, writes replies.

use std::{
    future::poll_fn,
    io::{self, IoSlice},
    net::SocketAddr,
    pin::{Pin, pin},
    task::Poll,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
};
use tracing::debug;

use super::{Shared, buffer::Buffer};
use crate::{
    commands::Session,
    config,
    resp::{Bounds, Broken, Parser, Replies},
};

/// Requests that are run before their replies are sent: what a client may have waiting in one burst without costing
/// others more than a fraction of a millisecond.
const BURST_MAX: usize = 1_024;
/// Memory for replies that a connection keeps.
const REPLY_BYTES_KEPT: usize = 4 << 10;
/// Pieces of one gathered write: systems take at least 16, Linux 1,024.
const PIECES_MAX: usize = 64;

/// Serves a connection to its end.
pub(super) async fn serve(stream: TcpStream, peer: SocketAddr, shared: &Shared, stop: watch::Receiver<bool>) {
    let ended = match &shared.tls {
        None => Connection::new(stream, peer, shared).run(stop).await,
        Some(tls) => match tokio::time::timeout(shared.handshake_timeout, tls.accept(stream)).await {
            Ok(Ok(stream)) => Connection::new(stream, peer, shared).run(stop).await,
            Ok(Err(error)) => Err(error),
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        },
    };
    if let Err(error) = ended {
        debug!(%peer, %error, "a Redis client's connection ended early");
    }
}

struct Connection<'s, S> {
    stream: S,
    shared: &'s Shared,
    session: Session,
    buffer: Buffer,
    parser: Parser,
    replies: Replies,
}

/// Whether a connection goes on.
#[derive(PartialEq, Eq)]
enum Next {
    GoOn,
    End,
}

impl<'s, S: AsyncRead + AsyncWrite + Unpin> Connection<'s, S> {
    fn new(stream: S, peer: SocketAddr, shared: &'s Shared) -> Self {
        Self {
            stream,
            shared,
            session: shared.engine.session(Some(peer)),
            buffer: Buffer::default(),
            parser: Parser::default(),
            replies: Replies::default(),
        }
    }

    async fn run(mut self, mut stop: watch::Receiver<bool>) -> io::Result<()> {
        // Made once, so that it stays registered while requests come and go.
        let mut stopped = pin!(stop.wait_for(|stop| *stop));
        loop {
            let read = tokio::select! {
                biased;
                read = self.read() => read?,
                _ = &mut stopped => return Ok(()),
            };
            if read == 0 {
                return Ok(());
            }
            if self.answer().await? == Next::End {
                return self.stream.shutdown().await;
            }
        }
    }

    /// Reads what the client has sent, at least a byte; 0 at the end, also of the time it may be silent.
    async fn read(&mut self) -> io::Result<usize> {
        let config::Redis { idle_timeout, request_max, .. } = self.shared.config;
        let wanted = self.parser.wanted();
        if self.buffer.filled().len() as u64 > request_max {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a request beyond redis.request-max"));
        }
        let (buffer, stream) = (&mut self.buffer, &mut self.stream);
        let read = poll_fn(|cx| buffer.poll_read(cx, Pin::new(&mut *stream), wanted));
        if idle_timeout.is_zero() {
            return read.await;
        }
        tokio::time::timeout(idle_timeout, read).await.unwrap_or(Ok(0))
    }

    /// Runs every request that is complete.
    async fn answer(&mut self) -> io::Result<Next> {
        loop {
            let before_auth = self.session.before_auth();
            let bulk_bytes_max = usize::try_from(self.shared.config.request_max).unwrap_or(usize::MAX);
            let bounds = Bounds { bulk_bytes_max, before_auth };
            // One by one until it is known who asks, as that decides what the next one may be.
            let most = if before_auth { 1 } else { BURST_MAX };
            let broken = self.parser.read(self.buffer.filled(), bounds, most).err();
            let requests = self.parser.requests(self.buffer.filled());
            let count = requests.len();
            let mut done = 0;
            while done < count {
                done += self.shared.engine.run(&mut self.session, requests.after(done), &mut self.replies).await;
                let ended = self.session.ended();
                write(&mut self.stream, &mut self.replies, &self.shared.config).await?;
                if ended {
                    return Ok(Next::End);
                }
            }
            if let Some(Broken(text)) = broken {
                self.replies.error(&format!("ERR {text}"));
                write(&mut self.stream, &mut self.replies, &self.shared.config).await?;
                return Ok(Next::End);
            }
            let gone = self.parser.forget();
            self.buffer.forget(gone);
            if count < most {
                return Ok(Next::GoOn);
            }
        }
    }
}

/// Sends all replies. A client that does not read in time is disconnected.
async fn write<S: AsyncWrite + Unpin>(stream: &mut S, replies: &mut Replies, config: &config::Redis) -> io::Result<()> {
    if replies.is_empty() {
        return Ok(());
    }
    {
        let mut sending = pin!(send(stream, replies));
        // Mostly it is done at once, and needs no clock.
        let at_once = poll_fn(|cx| Poll::Ready(sending.as_mut().poll(cx))).await;
        match at_once {
            Poll::Ready(sent) => sent?,
            Poll::Pending => match tokio::time::timeout(config.write_timeout, sending).await {
                Ok(sent) => sent?,
                Err(_) => return Err(io::Error::new(io::ErrorKind::TimedOut, "the client does not read its replies")),
            },
        }
    }
    replies.clear(REPLY_BYTES_KEPT);
    Ok(())
}

async fn send<S: AsyncWrite + Unpin>(stream: &mut S, replies: &Replies) -> io::Result<()> {
    if let Some(text) = replies.plain() {
        stream.write_all(text).await?;
        return stream.flush().await;
    }
    let (mut sent, all) = (0, replies.bytes());
    while sent < all {
        let mut pieces = [IoSlice::new(&[]); PIECES_MAX];
        let used = replies.gather(sent, &mut pieces);
        let written = stream.write_vectored(pieces.get(..used).unwrap_or_default()).await?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        sent += written;
    }
    stream.flush().await
}
