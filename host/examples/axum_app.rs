//! An axum app whose errors, panics and request times are reported by one line.
//!
//! Run it with `cargo run -p outrigger --example axum_app` in a folder with `plugins.toml`, such as `dist/`; then try
//! `curl http://127.0.0.1:3000/visits` and `curl http://127.0.0.1:3000/broken`.

use std::time::Duration;

use axum::{Router, extract::State, http::StatusCode, routing::get};
use outrigger::{Host, monitoring::MonitoringLayer};

/// Counts visits in the cache and tells analytics.
async fn visits(State(host): State<Host>) -> Result<String, (StatusCode, String)> {
    let down = |error: outrigger::call::CallError| (StatusCode::SERVICE_UNAVAILABLE, error.to_string());
    let visits =
        host.cache().map_err(down)?.increment("visits", 1, Some(Duration::from_secs(3600))).await.map_err(down)?;
    host.analytics().map_err(down)?.track("anonymous", "visited").property("visits", visits).await.map_err(down)?;
    Ok(format!("{visits} visits in this hour\n"))
}

async fn broken() -> (StatusCode, &'static str) {
    (StatusCode::INTERNAL_SERVER_ERROR, "this answer is reported to every monitoring provider\n")
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let host = Host::from_file("plugins.toml").await?;
    let app = Router::new()
        .route("/visits", get(visits))
        .route("/broken", get(broken))
        .layer(MonitoringLayer::new(host.monitoring()?))
        .with_state(host.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    axum::serve(listener, app).with_graceful_shutdown(async { drop(outrigger::shutdown::requested().await) }).await?;
    host.shutdown().await;
    Ok(())
}
