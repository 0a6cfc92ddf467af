//! Memory and work: bounded whatever is sent. And bodies that are slow: some of them are served.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use crate::client::{Client, gzip, post};
use crate::{Listener, good};

const GZIPPED: &str = "content-type: application/json\r\ncontent-encoding: gzip\r\n";
const JSON: &str = "content-type: application/json\r\n";

/// The most memory that the listener ever had.
#[cfg(target_os = "linux")]
fn most_mebibytes(listener: &Listener) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", listener.child.id())).expect("its status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") >> 10
}

fn request(value: &str) -> String {
    format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"name":"Everything","attributes":[{{"key":"parts","value":{value}}}]}}]}}]}}]}}"#
    )
}

fn many(part: &str, count: usize) -> String {
    vec![part; count].join(",")
}

/// Small bodies that become much: one by one, and then many at once.
#[test]
#[cfg(target_os = "linux")]
fn small_bodies_stay_small() {
    let objects = |count| request(&format!(r#"{{"stringValue":"[{}]"}}"#, many("{}", count)));
    let lists = |count| {
        request(&format!(r#"{{"arrayValue":{{"values":[{}]}}}}"#, many(r#"{"arrayValue":{"values":[]}}"#, count)))
    };
    let maps =
        |count| request(&format!(r#"{{"kvlistValue":{{"values":[{}]}}}}"#, many(r#"{"key":"","value":{}}"#, count)));
    let bodies = [objects(1_300_000), objects(80_000), lists(100_000), lists(30_000), maps(150_000), maps(20_000)];
    let bodies = bodies.map(gzip);
    let listener = Listener::start("");
    let since = Instant::now();
    thread::scope(|scope| {
        for body in bodies.iter().cycle().take(24) {
            let mut client = listener.connect();
            scope.spawn(move || {
                let status = client.send(post("/v1/traces", GZIPPED, body)).status;
                assert!(matches!(status, 200 | 413 | 503), "{status}");
            });
        }
    });
    assert!(most_mebibytes(&listener) < 256, "{} MiB", most_mebibytes(&listener));
    assert!(since.elapsed() < Duration::from_secs(120), "{:?}", since.elapsed());
    assert_eq!(listener.connect().traces(good()).status, 200);
}

#[test]
fn what_weighs_too_much_is_told_which_limit_it_is() {
    let heavy = request(&format!(r#"{{"stringValue":"[{}]"}}"#, many("{}", 1_000_000)));
    let listener = Listener::start("");
    let response = listener.connect().send(post("/v1/traces", GZIPPED, gzip(&heavy)));
    let words = response.json()["message"].as_str().expect("words").to_owned();
    assert!(response.status == 413 && words.ends_with("--max-memory sets the limit"), "{words}");
    assert_eq!(listener.stop().findings(), ["1 too_large request"]);
}

#[test]
fn memory_that_is_not_enough_for_the_other_limits() {
    let output = crate::command("--port 0 --max-memory 1000000").stderr(std::process::Stdio::piped()).output();
    let output = output.expect("an end");
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(output.status.code() == Some(2) && said.contains("--max-memory: the other limits need"), "{said}");
}

/// The beginning of a request with a long body.
fn begin(client: &mut Client, length: usize) {
    client.write(format!("POST /v1/traces HTTP/1.1\r\nhost: localhost\r\n{JSON}content-length: {length}\r\n\r\n"));
}

#[test]
fn of_many_slow_bodies_some_are_served() {
    const LENGTH: usize = 4 << 20;
    const CLIENTS: usize = 100;
    let body = good() + &" ".repeat(LENGTH - good().len());
    let listener = Listener::start("");
    let mut clients: Vec<_> = (0..CLIENTS).map(|_| listener.connect()).collect();
    clients.iter_mut().for_each(|client| begin(client, LENGTH));
    for piece in body.as_bytes().chunks(LENGTH / 8) {
        clients.iter_mut().for_each(|client| client.write(piece));
    }
    let statuses: Vec<u16> = clients.iter_mut().map(|client| client.read().expect("an answer").status).collect();
    let served = statuses.iter().filter(|status| **status == 200).count();
    assert!(served >= 5 && statuses.iter().all(|status| matches!(status, 200 | 503)), "{statuses:?}");
    assert_eq!(listener.connect().traces(good()).status, 200);
}

#[test]
fn slow_bodies_on_every_connection_keep_nobody_out_for_long() {
    let listener = Listener::start("--max-connections 4");
    let mut slow: Vec<_> = (0..4).map(|_| listener.connect()).collect();
    slow.iter_mut().for_each(|client| {
        begin(client, 1000);
        client.write("{");
    });
    let since = Instant::now();
    assert_eq!(listener.connect().traces(good()).status, 200);
    assert!(since.elapsed() < Duration::from_secs(10), "{:?}", since.elapsed());
}
