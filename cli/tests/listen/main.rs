//! `candor listen` as its users have it: a process of its own that is sent requests, good and bad.

#![cfg(unix)] // it is ended by signals

mod client;
mod connections;
mod door;
mod ending;
mod findings;
mod forward;
mod learn;
mod limits;
mod memory;
mod own_json;
mod python;
mod requests;

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use client::Client;
use serde_json::{Value, json};

/// A listener on a free port, for the catalogue that has every type.
struct Listener {
    child: Child,
    output: BufReader<std::process::ChildStdout>,
    port: u16,
}

/// The end of a listener.
struct Ended {
    code: i32,
    /// The output since it was last asked for, line by line.
    lines: Vec<Value>,
}

impl Listener {
    /// The arguments are separated by spaces.
    fn start(arguments: &str) -> Listener {
        Listener::start_for("demo.yaml", arguments)
    }

    /// The same for another catalogue of the fixtures.
    fn start_for(catalogue: &str, arguments: &str) -> Listener {
        let mut child =
            command_for(catalogue, &format!("--port 0 --format json {arguments}")).spawn().expect("the command");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        let line = read_line(&mut output);
        let endpoint = line["listening"]["endpoint"].as_str().expect("an endpoint");
        let port = endpoint.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
        Listener { child, output, port }
    }

    fn connect(&self) -> Client {
        Client::connect(self.port)
    }

    /// The next line that it prints, which may have to be waited for.
    fn line(&mut self) -> Value {
        read_line(&mut self.output)
    }

    /// Ends it the way that process managers do.
    fn stop(self) -> Ended {
        self.end("TERM")
    }

    fn end(mut self, signal: &str) -> Ended {
        let kill = Command::new("kill").args(["-s", signal, &self.child.id().to_string()]).status();
        assert!(kill.expect("kill").success());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).expect("UTF-8");
        let code = self.child.wait().expect("an end").code().expect("an exit code");
        Ended { code, lines: rest.lines().map(parse).collect() }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.child.kill(); // it may have ended
        let _ = self.child.wait();
    }
}

impl Ended {
    fn summary(&self) -> &Value {
        &self.lines.last().expect("a summary")["summary"]
    }

    /// Rule, signal and count of what was found.
    fn findings(&self) -> Vec<String> {
        let findings = self.summary()["findings"].as_array().expect("findings").iter();
        let word = |finding: &Value, key: &str| finding[key].as_str().expect("a text").to_owned();
        let line =
            |finding: &Value| format!("{} {} {}", finding["count"], word(finding, "rule"), word(finding, "signal"));
        findings.map(line).collect()
    }
}

/// The command, with nothing of the environment that a proxy or an opt-out could come from.
fn command(arguments: &str) -> Command {
    command_for("demo.yaml", arguments)
}

fn command_for(catalogue: &str, arguments: &str) -> Command {
    let catalogue = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures").join(catalogue);
    let mut command = Command::new(env!("CARGO_BIN_EXE_candor"));
    command.arg("listen").arg(catalogue).args(arguments.split_whitespace()).env_clear();
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command
}

fn read_line(output: &mut impl BufRead) -> Value {
    let mut line = String::new();
    output.read_line(&mut line).expect("a line");
    parse(&line)
}

fn parse(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{line:?}: {error}"))
}

/// A request with one span, which has these attributes.
fn spans(name: &str, attributes: Value) -> Value {
    let value = |value: &Value| match value {
        Value::String(text) => json!({"stringValue": text}),
        Value::Bool(value) => json!({"boolValue": value}),
        Value::Number(number) => json!({"intValue": number}),
        _ => json!({}),
    };
    let attributes = attributes.as_object().expect("an object").iter();
    let attributes: Vec<_> = attributes.map(|(key, given)| json!({"key": key, "value": value(given)})).collect();
    json!({"resourceSpans": [{"scopeSpans": [{"spans": [{"name": name, "attributes": attributes}]}]}]})
}

/// A request in which nothing is wrong.
fn good() -> String {
    spans("Everything", json!({"flag": true})).to_string()
}

/// A request with a text that needs the user's consent.
fn opt_in() -> String {
    spans("Everything", json!({"flag": true, "secret": "CANARY"})).to_string()
}
