//! The HTTP that the host runs for a plugin: what crosses, what is refused, and what each failure means to a provider.

use std::{
    process::{Child, Command, Stdio},
    time::Duration,
};

use outrigger::call::CallError;
use outrigger_plugin_api::sdk::ErrorKind;
use outrigger_tests::{
    test_host::{OwnHost, Setup, eventually},
    vendor::{Answer, Vendor},
};
use serde_json::{Value, json};

use crate::vendors;

/// The plugin, polled by the host.
const ON_CALLER: &str = "analytics_caller";
/// The same on a runtime of its own.
const ON_OWN_RUNTIME: &str = "analytics_runner";

async fn host(plugin: &str, url: &str, more: &str) -> OwnHost {
    let text = format!(
        "[cache]\nprovider = \"memory\"\n[monitoring]\nproviders = []\n[analytics]\nproviders = [\"caller\"]\n\
         [providers.caller]\nplugin = \"{plugin}\"\ntimeout = \"20s\"\nsettings.url = \"{url}\"\n{more}\n"
    );
    let host = Setup::new(&text, &["cache_memory", plugin]).into_host().await;
    let readiness = host.readiness();
    assert!(readiness.ready && !readiness.degraded, "{readiness:?}");
    host
}

async fn ask(host: &OwnHost, request: Value) -> Result<Value, CallError> {
    host.analytics().unwrap().outlet().sinks().query(None, &request).await
}

/// Returns the kind and text of a request that fails.
async fn refused(host: &OwnHost, request: Value) -> (ErrorKind, String) {
    match ask(host, request).await {
        Err(CallError::Provider { error, .. }) => (error.kind, error.message),
        other => unreachable!("the request was to fail: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_and_its_answer_cross_whole_on_either_side_s_threads() {
    for library in [ON_CALLER, ON_OWN_RUNTIME] {
        let vendor = Vendor::start(|_| Answer::new(201, "böse\n").header("x-two", "2")).await;
        let host = host(library, &vendor.url(), "").await;
        let url = format!("{}/in?key=s3cret", vendor.url());
        let request = json!({ "method": "POST", "url": url, "headers": { "X-One": "1" }, "body": "a".repeat(4000) });
        let answer = ask(&host, request).await.unwrap();
        assert_eq!(answer, json!({ "status": 201, "body": "böse\n", "x": "2" }));
        let [came] = vendor.requests().try_into().unwrap();
        assert_eq!((came.method.as_str(), came.path.as_str(), came.query.as_str()), ("POST", "/in", "key=s3cret"));
        assert_eq!((came.header("x-one"), came.header("content-encoding")), (Some("1"), None));
        assert!(came.header("user-agent").unwrap().starts_with("outrigger/"));
        assert_eq!(came.body.len(), 4000);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_compressed_where_it_pays() {
    let vendor = Vendor::start(|_| Answer::new(200, "")).await;
    let host = host(ON_CALLER, &vendor.url(), "").await;
    for length in [10, 5_000, 3_000_000] {
        let request = json!({ "method": "POST", "url": vendor.url(), "body": "b".repeat(length), "compress": true });
        ask(&host, request).await.unwrap();
        let came = vendor.requests().pop().unwrap();
        let coding = (length >= 512).then_some("gzip");
        assert_eq!((came.body.len(), came.header("content-encoding")), (length, coding), "{length} bytes");
        let sent: usize = came.header("content-length").unwrap().parse().unwrap();
        assert!(coding.is_none() || sent < length / 50, "{sent} of {length} bytes were sent");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_reaches_nothing_but_what_its_settings_name() {
    let (vendor, other) =
        (Vendor::start(|_| Answer::new(200, "")).await, Vendor::start(|_| Answer::new(200, "")).await);
    let host = host(ON_CALLER, &vendor.url(), "").await;
    let port = vendor.address().port();
    for url in [
        format!("{}/steal?token=s3cret", other.url()),
        format!("http://localhost:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("http://127.0.0.1:{port}@{}/", other.address()),
        "http://169.254.169.254/latest/meta-data/".into(),
        "ftp://127.0.0.1/".into(),
        "file:///etc/passwd".into(),
    ] {
        let (kind, text) = refused(&host, json!({ "url": url })).await;
        assert_eq!(kind, ErrorKind::Refused, "{url}: {text}");
        assert!(!text.contains("s3cret"), "{text}");
    }
    let (_, text) = refused(&host, json!({ "url": other.url() })).await;
    let named = format!("http://api.one.invalid:1, http://127.0.0.1:{port}");
    assert_eq!(text, format!("{} is not among the addresses that the settings name ({named})", other.url()));
    // A template's origin is allowed; there is just nobody there.
    let (kind, text) = refused(&host, json!({ "url": "http://api.one.invalid:1/x" })).await;
    assert_eq!(kind, ErrorKind::Unavailable, "{text}");
    assert!(other.requests().is_empty() && vendor.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_the_machine_s_own_cloud_is_refused_even_where_the_settings_name_it() {
    for url in
        ["http://169.254.169.254", "http://[fe80::1]", "http://[::ffff:169.254.1.1]", "http://metadata.google.internal"]
    {
        let host = host(ON_CALLER, url, "").await;
        let (kind, text) = refused(&host, json!({ "url": format!("{url}/latest") })).await;
        assert_eq!(kind, ErrorKind::Refused, "{url}: {text}");
        assert!(text.contains("which no provider may reach"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_followed_only_where_it_stays_and_keeps_the_method() {
    let other = Vendor::start(|_| Answer::new(200, "stolen")).await;
    let elsewhere = other.url();
    let vendor = Vendor::start(move |request| match request.path.as_str() {
        "/end" => Answer::new(200, format!("{} {}", request.method, request.body.len())),
        "/stay" => Answer::new(308, "").header("location", "/end"),
        "/other" => Answer::new(307, "").header("location", &elsewhere),
        "/post-to-get" => Answer::new(302, "").header("location", "/end"),
        _ => Answer::new(307, "").header("location", "/loop"),
    })
    .await;
    let host = host(ON_CALLER, &vendor.url(), "").await;
    let post = |path: &str| json!({ "method": "POST", "url": format!("{}{path}", vendor.url()), "body": "abc" });
    assert_eq!(ask(&host, post("/stay")).await.unwrap()["body"], "POST 3");
    assert_eq!(ask(&host, post("/post-to-get")).await.unwrap()["status"], 302);
    assert_eq!(refused(&host, post("/other")).await.0, ErrorKind::Refused);
    assert_eq!(refused(&host, post("/loop")).await.0, ErrorKind::Refused);
    assert!(other.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_failure_says_whether_the_backend_may_have_acted() {
    let vendor = Vendor::start(|request| match request.path.as_str() {
        "/cut" => Answer::cut(),
        "/slow" => Answer::new(200, "").after(Duration::from_secs(30)),
        "/large" => Answer::new(200, vec![b'x'; 70_000]),
        _ => Answer::new(503, "busy").header("retry-after", "7"),
    })
    .await;
    let host = host(ON_CALLER, &vendor.url(), "[outbound]\nresponse-max = \"64KiB\"").await;
    let get = |path: &str| json!({ "url": format!("{}{path}", vendor.url()), "timeout_ms": 400 });
    assert_eq!(refused(&host, get("/cut")).await.0, ErrorKind::Timeout);
    let (kind, text) = refused(&host, get("/slow")).await;
    assert_eq!((kind, text.as_str()), (ErrorKind::Timeout, "no complete answer within 400 ms"));
    let (kind, text) = refused(&host, get("/large")).await;
    assert_eq!(kind, ErrorKind::Internal);
    assert!(text.contains("`outbound.response-max`, 65536 bytes"), "{text}");
    assert_eq!(ask(&host, get("/other")).await.unwrap()["status"], 503, "a status is an answer");
    let (kind, text) = refused(&host, json!({ "url": "no url" })).await;
    assert_eq!(kind, ErrorKind::Invalid, "{text}");
    let (kind, text) = refused(&host, json!({ "url": vendor.url(), "headers": { "a b": "1" } })).await;
    assert_eq!(kind, ErrorKind::Invalid, "{text}");
    let (kind, text) = refused(&host, json!({ "url": vendor.url(), "headers": { "a": "1\r\nb: 2" } })).await;
    assert_eq!(kind, ErrorKind::Invalid, "{text}");
    // What nobody listens on was sent to nobody.
    let url = vendor.url();
    drop(vendor);
    eventually("the port is closed", async || {
        let (kind, _) = refused(&host, json!({ "url": url })).await;
        kind == ErrorKind::Unavailable
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_call_ends_its_request() {
    let vendor = Vendor::start(|_| Answer::new(200, "").after(Duration::from_secs(60))).await;
    let host = host(ON_OWN_RUNTIME, &vendor.url(), "").await;
    let request = ask(&host, json!({ "url": vendor.url() }));
    let dropped = tokio::time::timeout(Duration::from_millis(300), request).await;
    assert!(dropped.is_err(), "the vendor does not answer");
    assert_eq!(vendor.requests().len(), 1);
    eventually("the connection is closed", async || vendor.open_connections() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_counted_by_provider_and_outcome() {
    let vendor = Vendor::start(|request| Answer::new(if request.path == "/no" { 404 } else { 200 }, "12345")).await;
    let host = host(ON_CALLER, &vendor.url(), "").await;
    for path in ["/", "/", "/no"] {
        ask(&host, json!({ "url": format!("{}{path}", vendor.url()), "body": "abc", "method": "POST" })).await.unwrap();
    }
    let metrics = vendors::metrics(&host).await;
    for line in [
        "outrigger_outbound_requests_total{kind=\"analytics\",provider=\"caller\",outcome=\"2xx\"} 2",
        "outrigger_outbound_requests_total{kind=\"analytics\",provider=\"caller\",outcome=\"4xx\"} 1",
        "outrigger_outbound_request_duration_seconds_count{kind=\"analytics\",provider=\"caller\"} 3",
        "outrigger_outbound_sent_bytes_total{kind=\"analytics\",provider=\"caller\"} 9",
        "outrigger_outbound_received_bytes_total{kind=\"analytics\",provider=\"caller\"} 15",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} is not in\n{metrics}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_comes_from_the_configuration() {
    let proxy = Vendor::start(|_| Answer::new(200, "by proxy")).await;
    let more = format!("[outbound]\nproxy = \"{}\"\nno-proxy = []", proxy.url());
    let host = host(ON_CALLER, "http://vendor.invalid", &more).await;
    let answer = ask(&host, json!({ "url": "http://vendor.invalid/in" })).await.unwrap();
    assert_eq!(answer["body"], "by proxy");
    assert_eq!(proxy.requests().pop().unwrap().header("host"), Some("vendor.invalid"));
}

/// A TLS server with a certificate that is its own authority. Killed when dropped.
struct Tls {
    server: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Tls {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let run = |arguments: &str| {
            let mut command = Command::new("openssl");
            command.args(arguments.split(' ')).current_dir(folder.path()).stdin(Stdio::null()).stdout(Stdio::null());
            command
                .stderr(Stdio::null())
                .spawn()
                .unwrap_or_else(|error| unreachable!("openssl ({error}); install it with: apt-get install openssl"))
        };
        let made = run("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test \
             -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE -keyout key -out cert");
        assert!({ made }.wait().unwrap().success());
        let port = outrigger_tests::redis_server::free_port();
        let server = run(&format!("s_server -accept 127.0.0.1:{port} -cert cert -key key -www -quiet"));
        Self { server, port, folder }
    }
}

impl Drop for Tls {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

// Not on Windows: makes certificates with openssl.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_backend_is_trusted_by_an_authority_of_the_configuration_and_no_other() {
    let tls = Tls::start();
    let url = format!("https://127.0.0.1:{}", tls.port);
    let certificate = tls.folder.path().join("cert");
    let trusting = host(ON_CALLER, &url, &format!("[outbound]\nca-file = \"{}\"", certificate.display())).await;
    eventually("the server listens and is trusted", async || {
        ask(&trusting, json!({ "url": url })).await.is_ok_and(|answer| answer["status"] == 200)
    })
    .await;
    let (kind, text) = refused(&host(ON_CALLER, &url, "").await, json!({ "url": url })).await;
    assert_eq!(kind, ErrorKind::Unavailable, "nothing was sent: {text}");
    assert!(text.contains("certificate"), "{text}");
}

#[tokio::test]
async fn what_the_client_can_t_use_is_a_fault_of_the_configuration() {
    let faults = async |section: &str| {
        let setup = Setup::new(&format!("[cache]\nprovider = \"memory\"\n[outbound]\n{section}\n"), &["cache_memory"]);
        setup.try_start().await.unwrap_err().to_string()
    };
    // Tests run in their package's folder.
    let no_certificate = format!("ca-file = '{}'", std::env::current_dir().unwrap().join("Cargo.toml").display());
    for (section, expected) in [
        ("proxy = \"socks:s3cret\"", "`outbound.proxy` must be a URL such as"),
        ("proxy = { env = \"NO_SUCH\" }", "NO_SUCH is not set, and `outbound.proxy` needs it"),
        (no_certificate.as_str(), "`outbound.ca-file` holds no PEM certificate"),
        ("ca-file = \"absent.pem\"", "absent.pem"),
        ("timeout = 5", "unit"),
        ("no-proxy = \"a\"", "an array of strings"),
    ] {
        let text = faults(section).await;
        assert!(text.contains(expected) && !text.contains("s3cret"), "{section}: {text}");
    }
}
