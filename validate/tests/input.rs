//! Any file is read as what its bytes say it is, and none makes the reader panic.

mod common;

use std::io::Write;

use candor_validate::{Item, read};
use common::{catalogue, crewai, fixture, payloads, request};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

/// What a file gives: `origin name` for a payload, `origin why` for what cannot be read.
#[track_caller]
fn check(bytes: impl AsRef<[u8]>, expected: &[&str]) {
    let items = read(&catalogue(), bytes.as_ref()).unwrap_or_else(|error| panic!("not read: {error}"));
    let said = items.iter().map(|item| match item {
        Item::Payload(payload) => format!("{}: {}", payload.origin, payload.value["name"]),
        Item::Unreadable(unreadable) => format!("{}: {}", unreadable.origin, unreadable.why),
    });
    assert_eq!(said.collect::<Vec<_>>(), expected);
}

#[track_caller]
fn check_error(bytes: impl AsRef<[u8]>, expected: &str) {
    match read(&catalogue(), bytes.as_ref()) {
        Ok(items) => panic!("read: {items:?}"),
        Err(error) => assert_eq!(error.to_string(), expected),
    }
}

const NEITHER: &str = "neither a payload (`kind`, `name`) nor an OTLP request (`resourceSpans`, `resourceLogs`)";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("in memory");
    encoder.finish().expect("in memory")
}

#[test]
fn one_payload() {
    check(r#"{"kind": "span", "name": "A"}"#, &["whole file: \"A\""]);
    check("\u{feff}\r\n {\n\"name\":\n\"A\"}\n\n", &["whole file: \"A\""]);
}

#[test]
fn a_list_of_payloads() {
    check(r#"[{"name": "A"}, {"name": "B"}]"#, &["/0: \"A\"", "/1: \"B\""]);
    check("[]", &[]);
}

#[test]
fn a_list_with_something_else() {
    check(r#"[{"name": "A"}, 5]"#, &["/0: \"A\"", &format!("/1: {NEITHER}")]);
}

#[test]
fn a_list_of_requests() {
    check(
        json!([request(json!({"name": "A"})), request(json!({"name": "B"}))]).to_string(),
        &["/0/resourceSpans/0/scopeSpans/0/spans/0: \"A\"", "/1/resourceSpans/0/scopeSpans/0/spans/0: \"B\""],
    );
}

#[test]
fn lines() {
    let otlp = request(json!({"name": "B"}));
    check(
        format!("{{\"name\":\"A\"}}\n\n{otlp}\r\n[{{\"name\":\"C\"}}]\n"),
        &["line 1: \"A\"", "line 3, /resourceSpans/0/scopeSpans/0/spans/0: \"B\"", "line 4, /0: \"C\""],
    );
}

#[test]
fn a_bad_line_leaves_the_others_readable() {
    check(
        "# comment\n{\"name\":\"A\"}\n{\"name\":\n{}\n{\"name\":\"B\"}\n",
        &[
            "line 1: not JSON: expected value at line 1 column 1",
            "line 2: \"A\"",
            "line 3: not JSON: EOF while parsing a value at line 1 column 8",
            &format!("line 4: {NEITHER}"),
            "line 5: \"B\"",
        ],
    );
}

#[test]
fn a_broken_document_of_many_lines_is_one_error() {
    check_error("{\n  \"name\": \"A\",\n  \"attributes\": {},\n}\n", "not JSON: trailing comma at line 4 column 1");
}

#[test]
fn equal_keys_of_a_payload_are_noted() {
    let text = r#"{"name":"A","attributes":{"a":1,"a":2,"l":[{"r":1,"r":2}]},"name":"B"}"#;
    let payload = &payloads(&catalogue(), text.as_bytes())[0];
    assert_eq!(payload.duplicates, ["/attributes/a", "/attributes/l/0/r", "/name"]);
    assert_eq!(payload.value, json!({"name": "A", "attributes": {"a": 1, "l": [{"r": 1}]}}));
}

#[test]
fn gzip_of_anything() {
    check(gzip(br#"{"name": "A"}"#), &["whole file: \"A\""]);
    let members = [gzip(b"{\"name\":\"A\"}\n"), gzip(b"{\"name\":\"B\"}\n")].concat();
    check(members, &["line 1: \"A\"", "line 2: \"B\""]);
    let (catalogue, bytes) = (crewai(), fixture("hier_default.otlp.pb"));
    assert_eq!(payloads(&catalogue, &gzip(&bytes)), payloads(&catalogue, &bytes));
}

#[test]
fn empty_input() {
    for nothing in ["", " ", "\n", "\n\n\n", "\t\r\n"] {
        check_error(nothing, "empty");
    }
    check_error(gzip(b""), "empty");
}

#[test]
fn json_that_is_nothing_of_ours() {
    for text in ["5", "null", "\"kind\"", "{}", "[5]", r#"{"a": {"kind": 1}}"#] {
        check_error(text, NEITHER);
    }
}

#[test]
fn garbage() {
    check_error("hello\nworld\n", "not JSON: expected value at line 1 column 1");
    check_error(b"\xff\xfe\x00garbage", "neither text in UTF-8 nor OTLP protobuf nor gzip");
    check_error(
        "{\"name\":\"A\"}".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
        "not JSON: key must be a string at line 1 column 2",
    );
}

#[test]
fn truncated_gzip() {
    let bytes = gzip(&fixture("hier_default.otlp.json"));
    for length in [2, 5, 9, 10, bytes.len() / 2, bytes.len() - 1] {
        let error = read(&catalogue(), &bytes[..length]).expect_err("truncated").to_string();
        assert!(error.starts_with("not gzip to its end: "), "{error}");
    }
}

#[test]
fn a_gzip_bomb() {
    let member = gzip(&vec![b' '; 1 << 24]);
    check_error(member.repeat(17), "more than 256 MiB when inflated");
}

#[test]
fn truncated_protobuf() {
    let (catalogue, bytes) = (crewai(), fixture("hier_default.otlp.pb"));
    for length in 1..bytes.len() {
        assert!(read(&catalogue, &bytes[..length]).is_err(), "{length}");
    }
}

#[test]
fn truncated_json() {
    let (catalogue, bytes) = (catalogue(), fixture("v1.8.0.seq_default.otlp.json"));
    let text = bytes.trim_ascii_end();
    for length in (0..text.len()).step_by(97) {
        assert!(read(&catalogue, &text[..length]).is_err(), "{length}");
    }
}

#[test]
fn deep_nesting() {
    for open in ["[", "{\"name\":", "[{\"name\":"] {
        assert!(read(&catalogue(), open.repeat(100_000).as_bytes()).is_err(), "{open}");
    }
}
