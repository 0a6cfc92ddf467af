//! `validate`: every form that telemetry comes in, at both levels of consent.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{check, check_run, folder, run_with};

/// A span of the catalogue with nothing but what it needs.
fn tool_usage() -> Value {
    json!({
        "kind": "span", "name": "Tool Usage", "startTimeUnixNano": "1", "endTimeUnixNano": "2",
        "attributes": {"crewai_version": "1.15.30", "tool_name": "word_counter", "attempts": 1},
    })
}

/// The same with one attribute more, or another value of it.
fn with(key: &str, value: Value) -> Value {
    let mut payload = tool_usage();
    payload["attributes"][key] = value;
    payload
}

/// A span with an attribute that is collected only after opt-in.
fn with_opt_in() -> Value {
    json!({
        "kind": "span", "name": "Task Execution", "startTimeUnixNano": "1", "endTimeUnixNano": "2",
        "attributes": {"formatted_description": "Research llamas"}, "droppedAttributesCount": 5,
    })
}

/// A folder with the catalogue and a file `sent`.
fn sent(bytes: impl AsRef<[u8]>) -> TempDir {
    let folder = folder();
    fs::write(folder.path().join("sent"), bytes).expect("written");
    folder
}

/// The verdict on one payload at consent *default*.
#[track_caller]
fn check_payload(payload: &Value, code: i32, expected: &[&str]) {
    check(sent(payload.to_string()).path(), "validate sent", code, expected);
}

#[test]
fn a_payload() {
    check_payload(&tool_usage(), 0, &["1 signal: 1 fine, 0 refused"]);
}

#[test]
fn false_zero_and_empty_text_are_values() {
    check_payload(&with("attempts", json!(0)), 0, &["1 fine"]);
    check_payload(&with("tool_name", json!("")), 0, &["1 fine"]);
}

#[test]
fn what_is_refused_has_the_name_of_its_rule() {
    check_payload(&with("api_key", json!("sk-1")), 1, &["unknown_key    `api_key`", "at /attributes/api_key"]);
    check_payload(&with("attempts", json!("1")), 1, &["wrong_type     `attempts` is a text"]);
    check_payload(&with("attempts", json!(true)), 1, &["wrong_type     `attempts` is a boolean"]);
    check_payload(&with("attempts", json!(-1)), 1, &["out_of_range   `attempts`"]);
    check_payload(&with("tool_name", json!("ä".repeat(100_000))), 1, &["too_long       `tool_name`"]);
    check_payload(&with("crewai_version", json!("my version")), 1, &["pattern        `crewai_version`"]);
    check_payload(&json!({"kind": "span", "name": "Other"}), 1, &["unknown_signal `Other` is no span"]);
    let mut lacking = tool_usage();
    lacking["attributes"].as_object_mut().expect("attributes").remove("attempts");
    check_payload(&lacking, 1, &["missing_key    `attempts` is missing"]);
}

#[test]
fn no_value_is_shown() {
    let folder = sent(with("api_key", json!("sk-secret")).to_string());
    let run = run_with(folder.path(), "validate sent", b"");
    assert!(!run.stdout.contains("sk-secret") && !run.stderr.contains("sk-secret"), "{}", run.stdout);
}

#[test]
fn opt_in_data_needs_its_consent() {
    let folder = sent(with_opt_in().to_string());
    let expected =
        ["not_allowed    `formatted_description` (Detailed Task Information) is collected only after opt-in"];
    check(folder.path(), "validate sent", 1, &expected);
    check(folder.path(), "validate --consent default sent", 1, &expected);
    check(folder.path(), "validate --consent opted-in sent", 0, &["1 fine"]);
}

#[test]
fn lines_of_payloads() {
    let lines = format!("{}\n\n{}\nnonsense\n{}\n", tool_usage(), with_opt_in(), tool_usage());
    let expected =
        ["3 signals: 2 fine, 1 refused", "by rule: not_allowed 1, unreadable 1", "sent: line 4", "sent: line 3"];
    check(sent(lines).path(), "validate sent", 1, &expected);
}

#[test]
fn a_list_of_payloads() {
    check_payload(&json!([tool_usage(), tool_usage()]), 0, &["2 signals: 2 fine"]);
    check_payload(&json!([]), 0, &["0 signals: 0 fine"]);
}

#[test]
fn standard_input() {
    let folder = folder();
    check_run(&run_with(folder.path(), "validate -", tool_usage().to_string().as_bytes()), 0, &["1 fine"]);
    let run = run_with(folder.path(), "validate -", with_opt_in().to_string().as_bytes());
    check_run(&run, 1, &["not_allowed", "once, in standard input"]);
}

#[test]
fn several_files() {
    let folder = sent(tool_usage().to_string());
    fs::write(folder.path().join("other"), with_opt_in().to_string()).expect("written");
    check(folder.path(), "validate sent other sent", 1, &["3 signals: 2 fine, 1 refused", "once, in other"]);
}

/// A real request of CrewAI with `share_crew` off, without the fingerprints that its page does not name.
fn capture() -> Value {
    let mut request = raw_capture();
    without_fingerprints(&mut request);
    request
}

fn raw_capture() -> Value {
    serde_json::from_slice(&fs::read(fixture("v1.8.0.seq_default.otlp.json")).expect("a capture")).expect("JSON")
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../validate/tests/fixtures").join(name)
}

/// Takes them out of lists of attributes, and out of objects that travel as JSON in a text.
fn without_fingerprints(json: &mut Value) {
    match json {
        Value::Array(items) => {
            items.retain(|item| !item["key"].as_str().is_some_and(|key| key.contains("fingerprint")));
            items.iter_mut().for_each(without_fingerprints);
        }
        Value::Object(members) => {
            members.retain(|key, _| !key.contains("fingerprint"));
            members.values_mut().for_each(without_fingerprints);
        }
        Value::String(text) if text.starts_with("[{") => {
            let mut inner: Value = serde_json::from_str(text).expect("JSON");
            without_fingerprints(&mut inner);
            *text = inner.to_string();
        }
        _ => {}
    }
}

/// The same request, by the official types.
fn protobuf(request: &Value) -> Vec<u8> {
    let request: ExportTraceServiceRequest = serde_json::from_value(request.clone()).expect("a request");
    request.encode_to_vec()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("in memory")
}

#[test]
fn otlp_in_every_form() {
    for (request, code, expected) in [(capture(), 0, "0 refused"), (raw_capture(), 1, "unknown_key")] {
        let json = request.to_string().into_bytes();
        let protobuf = protobuf(&request);
        for bytes in [gzip(&json), gzip(&protobuf), json, protobuf] {
            check(sent(bytes).path(), "validate sent", code, &[expected, "8 signals"]);
        }
    }
}

#[test]
fn findings_that_are_the_same_are_shown_once() {
    let folder = sent(fs::read(fixture("v1.8.0.seq_share.otlp.json")).expect("a capture"));
    let expected = ["unknown_key    `crew_agents[].fingerprint`", "at /attributes/crew_agents/*/fingerprint, 2 times"];
    check(folder.path(), "validate --consent opted-in sent", 1, &expected);
    check(folder.path(), "validate --max-findings 1 sent", 1, &["more; --max-findings shows them"]);
}

#[test]
fn what_somebody_else_wrote_does_not_move_the_cursor() {
    let key = with("\u{1b}[2J", json!(1));
    let name = json!({"kind": "span", "name": "\u{1b}[2J"});
    for payload in [key, name] {
        let run = run_with(sent(payload.to_string()).path(), "validate sent", b"");
        assert!(run.code == 1 && !run.stdout.contains('\u{1b}'), "{}", run.stdout);
    }
}

#[test]
fn what_is_no_telemetry() {
    for bytes in [&b"nonsense"[..], b"", b"{}", b"\n\xff\xff", &[0x1f, 0x8b, 1], b"\xff"] {
        check(sent(bytes).path(), "validate sent", 1, &["unreadable", "by rule: unreadable 1"]);
    }
}

#[test]
fn usage_and_files() {
    check(folder().path(), "validate", 2, &["<FILES>..."]);
    check(folder().path(), "validate nowhere.json", 2, &["candor: nowhere.json: "]);
    check(folder().path(), "validate telemetry", 2, &["candor: telemetry: "]);
    check(folder().path(), "validate --consent off sent", 2, &["nothing may be sent while off"]);
}

/// More than a block of lines, each `payload`, with others among them at these places.
fn many(payload: &Value, others: &[(usize, &str)]) -> String {
    let line = payload.to_string();
    let count = 3_000_000 / line.len();
    let lines =
        (1..=count).map(|number| others.iter().find(|(at, _)| *at == number).map_or(line.as_str(), |(_, other)| other));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_large_file_of_lines() {
    let wrong = with("api_key", json!("sk-1")).to_string();
    let others =
        [(7, "{not JSON"), (8, ""), (9, "  "), (5_000, &wrong), (9_000, &wrong), (9_001, &format!("[{wrong}]"))];
    let text = many(&tool_usage(), &others);
    let signals = text.lines().count() - 3;
    let total = format!("{signals} signals: {} fine, 3 refused", signals - 3);
    let expected = [
        total.as_str(),
        "unknown_key    `api_key` is in no row of the catalogue",
        "at /attributes/api_key, 3 times, first in sent: line 5000",
        "once, in sent: line 7",
        "by rule: unknown_key 3, unreadable 1",
        "by attribute: api_key 3",
    ];
    check(sent(&text).path(), "validate sent", 1, &expected);
    check(sent(gzip(text.as_bytes())).path(), "validate sent", 1, &expected);
    let broken = gzip(format!("{text}\n").as_bytes());
    check(sent(&broken[..broken.len() - 4]).path(), "validate sent", 1, &[&total, "not gzip to its end"]);
    let expected = expected.map(|text| text.replace("sent", "standard input"));
    let run = run_with(folder().path(), "validate -", text.as_bytes());
    check_run(&run, 1, &expected.each_ref().map(String::as_str));
}

#[test]
fn a_large_file_whose_every_line_is_wrong_in_its_own_way() {
    let lines: Vec<String> = (0..12_000).map(|number| with(&format!("key_{number}"), json!("x")).to_string()).collect();
    let expected = ["12000 signals: 0 fine, 12000 refused", "too many to tell apart", "by rule: unknown_key 12000"];
    check(sent(lines.join("\n")).path(), "validate sent --max-findings 3", 1, &expected);
}

#[test]
fn a_large_document_is_one() {
    let payloads: Vec<Value> = (0..8_000).map(|_| tool_usage()).collect();
    let text = serde_json::to_string_pretty(&payloads).expect("JSON");
    check(sent(text).path(), "validate sent", 0, &["8000 signals: 8000 fine"]);
}

#[test]
fn a_line_that_never_ends() {
    let text = format!("{}\n{}\n{}", many(&tool_usage(), &[]), "x".repeat(17 << 20), tool_usage());
    let line = text.lines().count() - 1;
    let first = format!("once, in sent: line {line}");
    check(sent(text).path(), "validate sent", 1, &["unreadable     a line of more than 16 MiB", &first]);
}

#[test]
fn other_programs_get_counts_and_places() {
    let wrong = with("api_key", json!("sk-secret"));
    let folder = sent(format!("{}\n{wrong}\n{wrong}\n", tool_usage()));
    let run = run_with(folder.path(), "validate sent --format json", b"");
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let expected = json!({
        "version": 1, "command": "validate", "errors": 1, "warnings": 0, "notes": 0,
        "findings": [{
            "code": "unknown_key", "level": "error", "count": 2,
            "message": "Tool Usage: `api_key` is in no row of the catalogue",
            "location": {
                "file": "sent", "line": 2, "column": 1, "end_line": 2, "end_column": 1, "within": "/attributes/api_key",
            },
        }],
        "counts": {
            "signals": 3, "refused": 2, "left_out": 0,
            "by_rule": {"unknown_key": 2}, "by_attribute": {"api_key": 2},
        },
    });
    assert_eq!((run.code, report), (1, expected));
    let run = run_with(folder.path(), "validate sent --format github", b"");
    assert!(
        run.stdout.starts_with("::error file=sent,line=2,endLine=2,title=unknown_key::Tool Usage"),
        "{}",
        run.stdout
    );
    let run = run_with(folder.path(), "validate sent --format sarif", b"");
    let log: serde_sarif::sarif::Sarif = serde_json::from_str(&run.stdout).expect("SARIF");
    assert_eq!(log.runs[0].results.as_ref().map(Vec::len), Some(1));
}
