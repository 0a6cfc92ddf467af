//! `examples/notes` as a new user would type it: with a terminal and without, in continuous integration, and with a home
//! that cannot be written.
#![cfg(unix)]

#[path = "../examples/tour/receiver.rs"]
mod receiver;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use candor_codegen::embedded::{Found, find};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use receiver::Receiver;
use rexpect::session::{PtySession, spawn_command};
use serde_json::Value;
use tempfile::TempDir;

/// The example, built once, where Cargo builds this test.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let status =
            Command::new(env!("CARGO")).args(["build", "--quiet", "--example", "notes"]).args(FEATURES).status();
        assert!(status.expect("cargo").success(), "the example does not build");
        Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("debug/examples/notes")
    })
}

/// The features that the tests are built with, so that nothing is built twice.
const FEATURES: [&str; 2] = ["--features", "cli,otel-filter,spool"];

/// A user with a home of their own, whose telemetry goes to a receiver.
struct User {
    home: TempDir,
    receiver: Receiver,
}

impl User {
    fn new() -> Self {
        User { home: tempfile::tempdir().expect("a home"), receiver: Receiver::start().expect("a receiver") }
    }

    /// `notes` with these arguments, in an environment that says nothing about telemetry.
    fn notes(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(arguments).env_clear().env("HOME", self.home.path()).env("TERM", "dumb");
        command.env("NOTES_TELEMETRY_ENDPOINT", self.receiver.endpoint());
        command
    }

    /// Returns the output without a terminal.
    #[track_caller]
    fn say(&self, arguments: &[&str]) -> String {
        said(&mut self.notes(arguments))
    }

    /// The bodies that have arrived.
    fn arrived(&self) -> Vec<Vec<u8>> {
        self.receiver.take().into_iter().map(|request| request.body).collect()
    }
}

#[track_caller]
fn said(command: &mut Command) -> String {
    let output = command.output().expect("the program");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    text
}

/// Returns the output with a terminal.
fn said_in_terminal(command: Command) -> String {
    let mut session: PtySession = spawn_command(command, Some(20_000)).expect("a terminal");
    session.exp_eof().expect("its end")
}

#[test]
fn the_notice_comes_first_and_once_where_somebody_reads_it() {
    let user = User::new();
    for _ in 0..2 {
        assert_eq!(user.say(&["export", "Taxes"]), "exported Taxes\n", "nobody reads it in a pipe");
        assert!(user.arrived().is_empty());
    }
    let first = said_in_terminal(user.notes(&["export", "Taxes"]));
    let notice = first.find("Notes reports how it is used.").expect("a notice");
    assert!(notice < first.find("exported Taxes").expect("the work"), "{first}");
    for line in
        ["It goes to http://127.0.0.1:", "run `notes telemetry off`, or set NOTES_NO_TELEMETRY=1 or DO_NOT_TRACK=1"]
    {
        assert!(first.contains(line), "{line}: {first}");
    }
    assert!(user.arrived().is_empty(), "the run that shows it reports nothing");
    assert_eq!(said_in_terminal(user.notes(&["export", "Taxes"])).trim(), "exported Taxes");
    assert_eq!(user.arrived().len(), 1, "the next one does");
    assert!(user.say(&["telemetry"]).starts_with("telemetry: default (nobody said otherwise)"));
}

#[test]
fn the_status_says_why_nothing_was_sent() {
    let user = User::new();
    user.say(&["telemetry", "on"]);
    said(user.notes(&["export", "Taxes"]).env("ALL_PROXY", "ftp://someone:secret@127.0.0.1:9"));
    let status = user.say(&["telemetry", "status"]);
    assert!(
        status.contains("1 emitted, 0 sent, 1 dropped (1 network)\nnot sent then: `ALL_PROXY` names a proxy"),
        "{status}"
    );
    assert!(status.contains("the scheme `ftp`") && !status.contains("secret"), "{status}");
    user.say(&["export", "Taxes"]);
    let status = user.say(&["telemetry", "status"]);
    assert!(status.contains("1 emitted, 1 sent, 0 dropped\n") && !status.contains("not sent"), "{status}");
    assert_eq!(user.arrived().len(), 1, "nothing went around the proxy");
}

#[test]
fn every_word_of_the_command() {
    let user = User::new();
    let check = |action: &str, expected: &[&str]| {
        let text = user.say(&["telemetry", action]);
        expected.iter().for_each(|expected| assert!(text.contains(expected), "{action}: {expected:?} in\n{text}"));
    };
    check("status", &["telemetry: off (the notice was not shown yet)", "last run: nothing is known", "goes to: http"]);
    check("preview", &["nothing is kept of the last run"]);
    check("on", &["Notes reports how it is used", "NOTES_NO_TELEMETRY=1", "telemetry: default (chosen on 20"]);
    user.say(&["export", "Taxes"]);
    check("status", &["stored choice: default (chosen on 20", "1 emitted, 1 sent, 0 dropped", "default: default"]);
    check("preview", &[r#""attributes":{"format":"pdf","pages":3,"ratio":0.5,"draft":false}"#]);
    check("share", &["telemetry: opted-in (chosen on 20"]);
    user.say(&["export", "Taxes"]);
    check("preview", &[r#""title":"Taxes""#]);
    check("explain", &["Notes 1.0.0", "Exports (by default)\n  Which formats", "Titles (only with `share_titles`)"]);
    check("export", &[r#""name": "candor-notes""#]);
    check("off", &["telemetry: off (chosen on 20"]);
    check("preview", &["nothing is kept of the last run"]);
    assert_eq!(user.arrived().len(), 2);
    user.say(&["export", "Taxes"]);
    assert!(user.arrived().is_empty(), "off is off");
    check("status", &["telemetry: off (chosen on 20", "last run: nothing is known"]);
}

#[test]
fn a_choice_that_the_environment_overrules_says_so() {
    let user = User::new();
    let text = said(user.notes(&["telemetry", "on"]).env("DO_NOT_TRACK", "TRUE"));
    assert!(text.contains("telemetry: off (the environment has DO_NOT_TRACK=TRUE)\nYour choice, default,"), "{text}");
    said(user.notes(&["export", "Taxes"]).env("OTEL_SDK_DISABLED", "yes"));
    assert!(user.arrived().is_empty());
}

#[test]
fn continuous_integration_is_not_asked_and_sends_nothing_unless_somebody_chose() {
    let user = User::new();
    let mut command = user.notes(&["export", "Taxes"]);
    command.env("GITHUB_ACTIONS", "true");
    assert_eq!(said_in_terminal(command).trim(), "exported Taxes");
    assert!(user.arrived().is_empty());
    user.say(&["telemetry", "on"]);
    said(user.notes(&["export", "Taxes"]).env("GITHUB_ACTIONS", "true"));
    assert_eq!(user.arrived().len(), 1);
}

/// A home that is no folder, one that may not be written, and none: the notice is shown each time, and nothing fails but
/// what has to be remembered.
#[test]
fn a_home_that_cannot_be_written() {
    use std::os::unix::fs::PermissionsExt;
    let user = User::new();
    std::fs::set_permissions(user.home.path(), std::fs::Permissions::from_mode(0o555)).expect("its owner");
    let writable = std::fs::create_dir(user.home.path().join("probe")).is_ok(); // root writes everywhere
    let homes = [Some(Path::new("/dev/null")), Some(user.home.path()).filter(|_| !writable)];
    for home in homes.into_iter().flatten() {
        let notes = |arguments: &[&str]| {
            let mut command = user.notes(arguments);
            command.env("HOME", home);
            command
        };
        assert_eq!(said(&mut notes(&["export", "Taxes"])), "exported Taxes\n");
        assert!(user.arrived().is_empty());
        for _ in 0..2 {
            assert!(said_in_terminal(notes(&["export", "Taxes"])).contains("Notes reports how it is used."));
            assert!(user.arrived().is_empty());
        }
        let output = notes(&["telemetry", "off"]).output().expect("the program");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && text.contains("NOTES_NO_TELEMETRY=1"), "{text}");
        assert!(said(&mut notes(&["telemetry"])).contains("the notice was not shown yet"));
    }
    let mut homeless = user.notes(&["export", "Taxes"]);
    assert_eq!(said(homeless.env_remove("HOME")), "exported Taxes\n");
    assert!(user.arrived().is_empty());
}

/// The preview, written down again by OpenTelemetry's own types, is what arrived: not a byte is left out.
#[test]
fn the_preview_is_what_was_sent() {
    let user = User::new();
    user.say(&["telemetry", "share"]);
    user.say(&["export", "Taxes", "--html"]);
    let arrived = user.arrived();
    let preview = user.say(&["telemetry", "preview"]);
    let spans = preview.lines().map(|line| span(&serde_json::from_str(line).expect("a payload"))).collect();
    let scope = InstrumentationScope { name: "candor-notes".into(), version: "1.0.0".into(), ..Default::default() };
    let scope_spans = vec![ScopeSpans { scope: Some(scope), spans, ..Default::default() }];
    let resource = Resource { attributes: vec![pair("service.name", &"notes".into())], ..Default::default() };
    let group = ResourceSpans { resource: Some(resource), scope_spans, ..Default::default() };
    let request = ExportTraceServiceRequest { resource_spans: vec![group] };
    assert_eq!(arrived, [request.encode_to_vec()]);
}

/// A span as OpenTelemetry has it; always of the kind *internal*.
fn span(payload: &Value) -> Span {
    let text = |key: &str| payload[key].as_str().expect(key);
    let id = |key| {
        let digits = text(key).as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).expect("digits"));
        digits.map(|pair| u8::from_str_radix(pair, 16).expect("digits")).collect()
    };
    let attributes = payload["attributes"].as_object().expect("attributes").iter();
    let marker = payload.get("channels").map(|channels| pair("candor.channels", channels));
    Span {
        trace_id: id("traceId"),
        span_id: id("spanId"),
        name: text("name").to_owned(),
        kind: 1,
        start_time_unix_nano: text("startTimeUnixNano").parse().expect("a time"),
        end_time_unix_nano: text("endTimeUnixNano").parse().expect("a time"),
        attributes: attributes.map(|(key, value)| pair(key, value)).chain(marker).collect(),
        ..Default::default()
    }
}

fn pair(key: &str, value: &Value) -> KeyValue {
    let value = match value {
        Value::Bool(value) => Any::BoolValue(*value),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Any::IntValue(number),
            None => Any::DoubleValue(number.as_f64().expect("a number")),
        },
        Value::String(text) => Any::StringValue(text.clone()),
        other => panic!("notes reports no {other}"),
    };
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..Default::default() }
}

#[test]
fn the_program_carries_its_catalogue() {
    let exported = User::new().say(&["telemetry", "export"]);
    let found = find(&std::fs::read(program()).expect("the program"));
    assert_eq!(found, [Found::Document(exported.trim_end().to_owned())]);
    let loaded = candor_schema::load(Path::new("examples/notes/telemetry.yaml")).catalogue.expect("a catalogue");
    assert_eq!(candor_codegen::document(&loaded), exported.trim_end());
}
