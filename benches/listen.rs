//! A load generator for `candor listen`, in the release build of the command.
//!
//! `cargo bench -p candor-benches --bench listen` sends batches of 512 spans, as CrewAI sent them, over connections that
//! stay open, and prints spans per second, the listener's CPU time per span (Linux only) and what it found. Where there
//! is `taskset`, the listener has one core for itself.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use candor_schema::{Catalogue, Consent};
use candor_validate::{Allow, Request, Signals, Stopped};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use serde_json::Value;

const BATCH: usize = 512;
const CONNECTIONS: usize = 4;
const TIME: Duration = Duration::from_secs(5);

fn main() {
    let command = build();
    let (given, clean) = spans();
    let sink = sink();
    let forward = ["--forward", &sink];
    println!("batches of {BATCH} spans over {CONNECTIONS} connections, {} s each\n", TIME.as_secs());
    println!(
        "{:<34} {:>9} {:>9} {:>12} {:>14} {:>9}",
        "", "bytes/span", "spans/s", "CPU µs/span", "spans/CPU s", "findings"
    );
    measure(&command, "nothing wrong", &batch(&clean, &[]), &[]);
    measure(&command, "1 span in 8 wrong", &batch(&clean, &given), &[]);
    measure(&command, "all as CrewAI sent them", &batch(&given, &[]), &[]);
    measure(&command, "1 span in 8 wrong, sent on", &batch(&clean, &given), &forward);
}

/// The command, built with all that makes it fast.
fn build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let built = Command::new(cargo).args(["build", "--release", "--package", "candor-cli"]).status();
    assert!(built.expect("cargo").success());
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("release").join("candor")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Spans that CrewAI sent, and the same without what its catalogue does not allow.
fn spans() -> (Vec<Span>, Vec<Span>) {
    let catalogue: Catalogue = candor_schema::load(&root().join("schema/crewai")).catalogue.expect("the catalogue");
    let allow = Allow::new(&catalogue, Consent::Default);
    let (mut given, mut clean) = (Vec::new(), Vec::new());
    for name in ["hier_default.otlp.json", "v1.8.0.seq_share.otlp.json"] {
        let text = std::fs::read(root().join("validate/tests/fixtures").join(name)).expect("a capture");
        let request: ExportTraceServiceRequest = serde_json::from_slice(&text).expect("a request");
        given.extend(spans_of(request));
        let request = Request::from_json(Signals::Traces, &text).expect("a request");
        let passed = allow.pass(&request, &mut Stopped::default());
        clean.extend(spans_of(ExportTraceServiceRequest::decode(&*passed.body).expect("a request")));
    }
    (given, clean)
}

fn spans_of(request: ExportTraceServiceRequest) -> impl Iterator<Item = Span> {
    let scopes = request.resource_spans.into_iter().flat_map(|group| group.scope_spans);
    scopes.flat_map(|scope| scope.spans)
}

/// A request of mostly `many`; every eighth span is one of `few`, when there are any.
fn batch(many: &[Span], few: &[Span]) -> Vec<u8> {
    let (mut many, mut few) = (many.iter().cycle(), few.iter().cycle());
    let span = |index: usize| {
        let wrong = if index % 8 == 7 { few.next() } else { None };
        let span = wrong.or_else(|| many.next()).expect("a span");
        Span { span_id: (index as u64 + 1).to_be_bytes().to_vec(), ..span.clone() }
    };
    let scope_spans = vec![ScopeSpans { spans: (0..BATCH).map(span).collect(), ..ScopeSpans::default() }];
    let group = ResourceSpans { scope_spans, ..ResourceSpans::default() };
    ExportTraceServiceRequest { resource_spans: vec![group] }.encode_to_vec()
}

/// Sends a request again and again, and prints what that took.
fn measure(command: &Path, what: &str, body: &[u8], arguments: &[&str]) {
    let (mut child, mut output, address) = start(command, arguments);
    let before = cpu_seconds(child.id());
    let start = Instant::now();
    let sent: usize = thread::scope(|scope| {
        let clients: Vec<_> = (0..CONNECTIONS).map(|_| scope.spawn(|| send(&address, body, start + TIME))).collect();
        clients.into_iter().map(|client| client.join().expect("a client")).sum()
    });
    let seconds = start.elapsed().as_secs_f64();
    let spent = cpu_seconds(child.id()).zip(before).map(|(after, before)| after - before);
    assert!(Command::new("kill").arg(child.id().to_string()).status().expect("kill").success());
    let mut rest = String::new();
    output.read_to_string(&mut rest).expect("UTF-8");
    child.wait().expect("an end");

    let last: Value = serde_json::from_str(rest.lines().last().unwrap_or_default()).expect("a summary");
    let summary = &last["summary"];
    assert_eq!(summary["spans"], sent * BATCH, "all were counted");
    let counts = summary["findings"].as_array().expect("findings").iter().map(|finding| &finding["count"]);
    let found: u64 = counts.filter_map(Value::as_u64).sum();
    let spans = (sent * BATCH) as f64;
    let per_span = spent.map_or("?".to_owned(), |spent| format!("{:.1}", spent / spans * 1e6));
    let per_second = spent.map_or("?".to_owned(), |spent| format!("{:.0}", spans / spent));
    let (bytes, rate) = (body.len() / BATCH, spans / seconds);
    println!("{what:<34} {bytes:>9} {rate:>9.0} {per_span:>12} {per_second:>14} {found:>9}");
}

/// A listener, what it prints, and its address.
fn start(command: &Path, arguments: &[&str]) -> (Child, impl BufRead, String) {
    let pinned = Command::new("taskset").arg("--version").output().is_ok();
    let mut start = Command::new(if pinned { Path::new("taskset") } else { command });
    if pinned {
        start.args(["--cpu-list", "0"]).arg(command);
    }
    start.arg("listen").arg(root().join("schema/crewai")).args(["--port", "0", "--format", "json"]).args(arguments);
    let mut child = start.stdout(Stdio::piped()).spawn().expect("the command");
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut line = String::new();
    output.read_line(&mut line).expect("a line");
    let line: Value = serde_json::from_str(&line).expect("JSON");
    let endpoint = line["listening"]["endpoint"].as_str().expect("an endpoint");
    (child, output, endpoint.trim_start_matches("http://").to_owned())
}

/// Posts a body over one connection until it is `end`; says how often.
fn send(address: &str, body: &[u8], end: Instant) -> usize {
    let mut stream = BufReader::new(TcpStream::connect(address).expect("a connection"));
    let head = format!(
        "POST /v1/traces HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/x-protobuf\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut sent = 0;
    while Instant::now() < end {
        let written = stream.get_mut().write_all(head.as_bytes()).and_then(|()| stream.get_mut().write_all(body));
        written.expect("written");
        let answer = read_head(&mut stream).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        sent += 1;
    }
    sent
}

fn read_head(stream: &mut impl BufRead) -> Option<String> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    Some(head)
}

/// An endpoint that takes everything.
fn sink() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let mut reader = BufReader::new(&stream);
                while let Some(head) = read_head(&mut reader) {
                    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
                    let mut body = vec![0; length.unwrap_or(0)];
                    let read = reader.read_exact(&mut body);
                    if read.and_then(|()| (&stream).write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")).is_err()
                    {
                        return;
                    }
                }
            });
        }
    });
    format!("http://{address}")
}

/// CPU time that a process has taken, where the kernel says so.
fn cpu_seconds(process: u32) -> Option<f64> {
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name before it may hold anything, but the last parenthesis is its end.
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
    Some((ticks(11)? + ticks(12)?) / TICKS_PER_SECOND)
}
