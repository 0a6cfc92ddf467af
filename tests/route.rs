//! The route to a collector that the environment describes: proxies, hosts without one, certificate authorities. What
//! cannot take it is not sent, and the reason is reported. The programs are this one, started again.

#[path = "support/collector.rs"]
mod collector;
mod demo;
#[path = "support/socks.rs"]
mod socks;

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use candor::{Consent, Pipeline};
use collector::{Answer, Collector};
use demo::{NOTHING, catalogue};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socks::Socks;

const PROXIES: [&str; 6] = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
const OTHERS: [&str; 7] =
    ["no_proxy", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "DO_NOT_TRACK", "OTEL_SDK_DISABLED", "REQUEST_METHOD"];

/// Nothing listens there.
const DEAD: &str = "127.0.0.1:9";

/// The program that the other tests start.
#[test]
fn program() {
    let Ok(endpoint) = std::env::var("CANDOR_TEST_ENDPOINT") else { return };
    let mut builder = Pipeline::builder(catalogue()).consent(Consent::Default).endpoint(endpoint);
    if let Ok(path) = std::env::var("CANDOR_TEST_AUTHORITY") {
        builder = builder.certificate_authority(std::fs::read(path).expect("a file"));
    }
    let (pipeline, _) = builder.build();
    pipeline.emit(&NOTHING);
    pipeline.shutdown(Duration::from_secs(20));
    let (stats, failure) = (pipeline.stats(), pipeline.last_failure());
    println!("\n{} sent, {} dropped: {}", stats.sent, stats.dropped, failure.unwrap_or_default());
}

/// Sends one signal there in this environment; gives what became of it.
fn send<V: AsRef<std::ffi::OsStr>>(endpoint: &str, variables: &[(&str, V)]) -> String {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "program", "--nocapture"]).env("CANDOR_TEST_ENDPOINT", endpoint);
    PROXIES.iter().chain(&OTHERS).for_each(|name| _ = command.env_remove(name));
    let output = command.envs(variables.iter().map(|(name, value)| (name, value))).output().expect("a program");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().find(|line| line.contains(" sent, "));
    line.unwrap_or_else(|| panic!("{text}{}", String::from_utf8_lossy(&output.stderr))).to_owned()
}

/// The proxy cannot be used: nothing is sent, and why is told.
#[track_caller]
fn refuse(variable: &str, value: &str, why: &str) {
    let collector = Collector::start([Answer::ok()]);
    let line = send(&collector.endpoint(), &[(variable, value)]);
    assert!(line.starts_with("0 sent, 1 dropped: ") && line.contains(variable), "{variable}={value:?}: {line}");
    assert!(line.contains(why) && !line.contains("hunter2"), "{variable}={value:?}: {line}");
    assert_eq!(collector.connections(), 0, "{variable}={value:?}: it went around the proxy");
}

/// The proxy leads to the collector: it is asked for `asked`.
#[track_caller]
fn check_socks(scheme: &str, endpoint: &str, asked: &str) {
    let collector = Collector::start([Answer::ok()]);
    let socks = Socks::start(collector.address());
    let line = send(endpoint, &[("ALL_PROXY", format!("{scheme}{}", socks.address))]);
    assert_eq!(line, "1 sent, 0 dropped: ", "{scheme}");
    assert_eq!(socks.asked(), [asked], "{scheme}");
    assert_eq!(collector.requests()[0].target, "POST /v1/traces", "{scheme}");
}

#[test]
fn socks_is_spoken() {
    for scheme in ["socks5h://", "SOCKS5H://", " socks5h://"] {
        check_socks(scheme, "http://collector.example:4318", "5  collector.example:4318");
    }
    check_socks("socks4a://", "http://collector.example:4318", "4  collector.example:4318");
    for scheme in ["socks://", "socks5://"] {
        check_socks(scheme, "http://127.0.0.1:4318", "5  127.0.0.1:4318");
    }
    check_socks("socks4://", "http://127.0.0.1:4318", "4  127.0.0.1:4318");
    check_socks("socks5h://me:hunter%322@", "http://collector.example", "5 me:hunter22 collector.example:80");
}

#[test]
fn a_proxy_that_does_not_answer_is_not_gone_around() {
    for scheme in
        ["http://", "", "https://", "socks://", "socks4://", "socks4a://", "socks5://", "SOCKS5://", "socks5h://"]
    {
        refuse("ALL_PROXY", &format!("{scheme}{DEAD}"), "no answer through the proxy that `ALL_PROXY` names");
    }
}

#[test]
fn a_proxy_that_cannot_be_used_is_not_gone_around() {
    for value in ["ftp://127.0.0.1:9", "direct://", "http://", "http://a b", "socks5://user:hunter2@127.0.0.1:999999"] {
        refuse("ALL_PROXY", value, "names a proxy that cannot be used");
    }
}

#[test]
fn every_variable_counts() {
    for variable in PROXIES {
        refuse(variable, &format!("socks5://{DEAD}"), "no answer");
        refuse(variable, &format!(" ftp://{DEAD} "), "the scheme `ftp`");
    }
}

#[test]
fn credentials_reach_the_proxy() {
    let proxy = Collector::start([Answer::ok()]);
    let named = format!("http://me:hunter2@{} ", proxy.address());
    assert_eq!(send("http://collector.example:4318", &[("http_proxy", named)]), "1 sent, 0 dropped: ");
    let requests = proxy.requests();
    assert_eq!(requests[0].target, "CONNECT collector.example:4318");
    assert_eq!(requests[0].header("proxy-authorization"), Some("Basic bWU6aHVudGVyMg=="));
    assert_eq!(requests[1].header("proxy-authorization"), None, "the collector never sees them");
}

#[test]
fn no_proxy_is_read_as_other_tools_read_it() {
    let collector = Collector::start([Answer::ok()]);
    let port = collector.address().port();
    let reach = |list: &str| {
        let line =
            send(&collector.endpoint(), &[("HTTP_PROXY", format!("http://{DEAD}").as_str()), ("NO_PROXY", list)]);
        line.starts_with("1 sent, 0 dropped")
    };
    let own = format!("localhost,127.0.0.1:{port}");
    for list in ["a.example, 127.0.0.1 ,b", "*", "127.0.0.0/8", &own, "a.example\t127.0.0.1"] {
        assert!(reach(list), "NO_PROXY={list:?}");
    }
    for list in ["", "a.example", "127.0.0.1:9", "10.0.0.0/8", "localhost", ".0.0.1"] {
        assert!(!reach(list), "NO_PROXY={list:?}");
    }
}

/// An authority made for one test run, and a certificate of its own for `localhost`.
struct Authority {
    folder: tempfile::TempDir,
    server: Arc<ServerConfig>,
}

static AUTHORITY: LazyLock<Authority> = LazyLock::new(|| {
    let mut params = CertificateParams::new([]).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let names = ["localhost".to_owned()];
    let own =
        CertificateParams::new(names).and_then(|params| params.signed_by(&key, &authority)).expect("a certificate");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("ca.pem"), authority.pem()).expect("a file");
    std::fs::write(folder.path().join("key.pem"), key.serialize_pem()).expect("a file");
    let private = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let server = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![own.der().clone()], private)
        .expect("a server");
    Authority { folder, server: Arc::new(server) }
});

impl Authority {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn tls_collector() -> (Collector, String) {
    let wrap = |stream: TcpStream| {
        let server = ServerConnection::new(AUTHORITY.server.clone()).ok()?;
        Some(StreamOwned::new(server, stream))
    };
    let collector = Collector::start_behind([Answer::ok()], wrap);
    let endpoint = format!("https://localhost:{}", collector.address().port());
    (collector, endpoint)
}

#[test]
fn an_authority_of_ones_own_is_trusted() {
    let (file, folder) = (AUTHORITY.path("ca.pem"), AUTHORITY.path(""));
    let here = Path::new(".");
    let empty = tempfile::tempdir().expect("a folder");
    let two_folders = std::env::join_paths([empty.path(), &folder]).expect("a list of folders");
    let cases: [Vec<(&str, &Path)>; 5] = [
        vec![("SSL_CERT_FILE", &file)],
        vec![("SSL_CERT_FILE", &file), ("SSL_CERT_DIR", here)],
        vec![("SSL_CERT_FILE", &file), ("SSL_CERT_DIR", Path::new("/nowhere"))],
        vec![("SSL_CERT_DIR", &folder)],
        vec![("SSL_CERT_DIR", Path::new(&two_folders)), ("SSL_CERT_FILE", Path::new(""))],
    ];
    for variables in cases {
        let (collector, endpoint) = tls_collector();
        assert_eq!(send(&endpoint, &variables), "1 sent, 0 dropped: ", "{variables:?}");
        assert_eq!(collector.requests()[0].target, "POST /v1/traces");
    }
}

#[test]
fn an_authority_of_ones_own_is_trusted_behind_a_proxy() {
    let (collector, endpoint) = tls_collector();
    let socks = Socks::start(collector.address());
    let (file, proxy) = (AUTHORITY.path("ca.pem"), format!("socks5h://{}", socks.address));
    let variables = [("SSL_CERT_FILE", file.as_os_str()), ("https_proxy", proxy.as_ref())];
    assert_eq!(send(&endpoint, &variables), "1 sent, 0 dropped: ");
    assert_eq!(socks.asked().len(), 1);
}

#[test]
fn an_authority_of_the_application_is_trusted_beside_the_users() {
    let ours = AUTHORITY.path("ca.pem");
    let (collector, endpoint) = tls_collector();
    assert_eq!(send(&endpoint, &[("CANDOR_TEST_AUTHORITY", &ours)]), "1 sent, 0 dropped: ");
    assert_eq!(collector.requests().len(), 1);
    let other = tempfile::tempdir().expect("a folder");
    let theirs = other.path().join("ca.pem");
    let key = KeyPair::generate().expect("a key");
    let stranger = CertificateParams::new([]).and_then(|params| params.self_signed(&key)).expect("an authority");
    std::fs::write(&theirs, stranger.pem()).expect("a file");
    let (_, endpoint) = tls_collector();
    let both = [("CANDOR_TEST_AUTHORITY", &theirs), ("SSL_CERT_FILE", &ours)];
    assert_eq!(send(&endpoint, &both), "1 sent, 0 dropped: ", "the user's proxy may need it");
    let (_, endpoint) = tls_collector();
    let line = send(&endpoint, &[("CANDOR_TEST_AUTHORITY", &theirs)]);
    assert!(line.starts_with("0 sent, 1 dropped: no answer: "), "in place of the platform's: {line}");
}

#[test]
fn a_stranger_is_not_trusted() {
    let (collector, endpoint) = tls_collector();
    let line = send::<&str>(&endpoint, &[]);
    assert!(line.starts_with("0 sent, 1 dropped: no answer: ") && line.contains("UnknownIssuer"), "{line}");
    assert!(collector.requests().is_empty());
}

#[test]
fn what_names_no_authority_stops_everything() {
    let empty = tempfile::tempdir().expect("a folder");
    let garbage = empty.path().join("garbage.pem");
    std::fs::write(&garbage, "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n").expect("a file");
    let (key, nowhere) = (AUTHORITY.path("key.pem"), Path::new("/nowhere/ca.pem"));
    let good = AUTHORITY.path("");
    let cases: [Vec<(&str, &Path)>; 7] = [
        vec![("SSL_CERT_FILE", nowhere)],
        vec![("SSL_CERT_FILE", nowhere), ("SSL_CERT_DIR", &good)],
        vec![("SSL_CERT_FILE", &key)],
        vec![("SSL_CERT_FILE", &garbage)],
        vec![("SSL_CERT_FILE", &good)],
        vec![("SSL_CERT_DIR", nowhere)],
        vec![("SSL_CERT_DIR", empty.path())],
    ];
    for variables in cases {
        let (collector, endpoint) = tls_collector();
        let line = send(&endpoint, &variables);
        assert!(line.starts_with("0 sent, 1 dropped: no certificate authority is trusted: "), "{variables:?}: {line}");
        assert!(line.contains(variables[0].0), "{variables:?}: {line}");
        assert_eq!(collector.connections(), 0, "{variables:?}");
    }
}

#[test]
fn without_tls_no_authority_is_asked() {
    let collector = Collector::start([Answer::ok()]);
    assert_eq!(send(&collector.endpoint(), &[("SSL_CERT_FILE", "/nowhere")]), "1 sent, 0 dropped: ");
}
