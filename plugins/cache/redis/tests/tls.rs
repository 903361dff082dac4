//! TLS: a server is trusted only by the authority that the settings name.
#![expect(clippy::expect_used, reason = "a test; clippy knows its functions, but not those they call")]

use std::{path::Path, process::Command, sync::Arc};

use cache_redis::OutriggerPlugin;
use outrigger_plugin_api::{
    conformance::cache::{InProcess, Options, run},
    sdk::ErrorKind,
};
use outrigger_tests::redis_server::RedisServer;
use serde_json::json;

/// Makes a certificate for 127.0.0.1 that is its own authority; returns its text.
fn certify(folder: &Path, name: &str) -> String {
    let (key, certificate) = (folder.join(format!("{name}.key")), folder.join(format!("{name}.pem")));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=outrigger test", "-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .expect("openssl; install it with: apt-get install openssl");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    std::fs::read_to_string(certificate).expect("the certificate")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_trusted_only_by_the_named_authority() {
    let folder = tempfile::tempdir().expect("a folder");
    let (trusted, other) = (certify(folder.path(), "server"), certify(folder.path(), "other"));
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    let port = outrigger_tests::redis_server::free_port();
    let _server = RedisServer::start_with(&[
        "--tls-port",
        &port.to_string(),
        "--tls-auth-clients",
        "no",
        "--tls-cert-file",
        &path("server.pem"),
        "--tls-key-file",
        &path("server.key"),
        "--tls-ca-cert-file",
        &path("server.pem"),
    ]);
    let url = format!("rediss://127.0.0.1:{port}");
    for settings in [json!({ "url": url }), json!({ "url": url, "tls-ca": other })] {
        let error = InProcess::start::<OutriggerPlugin>("redis", &settings.to_string()).await.err();
        let error = error.expect("a server nobody vouches for");
        assert_eq!(error.kind, ErrorKind::Unavailable, "{error}");
        assert!(error.message.to_lowercase().contains("certificate"), "{error}");
    }
    let settings = json!({ "url": url, "tls-ca": trusted }).to_string();
    let subject = InProcess::start::<OutriggerPlugin>("redis", &settings).await.expect("a provider");
    run(Arc::new(subject), Options::new("").exclusive()).await.assert_ok();
}
