//! A vendor's server that takes everything and keeps nothing: what a real one does with events is not on these cores.

use std::convert::Infallible;

use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, body::Bytes, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// Starts it on a free port; returns its address as a URL.
pub async fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("a listener has an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A connection ends with an error where the program ends: nothing to tell.
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(take)));
        }
    });
    format!("http://{address}")
}

async fn take(mut request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    while let Some(Ok(_)) = request.frame().await {}
    Ok(Response::new(Full::from("{\"status\":1}")))
}
