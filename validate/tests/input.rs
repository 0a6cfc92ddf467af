//! Any file is read as what its bytes say it is, and none makes the reader panic.

mod common;

use std::io::Write;

use candor_validate::{Item, read};
use common::{catalogue, crewai, fixture, payloads, request};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

/// Reads a file: gives `origin name` for a payload, `origin why` for a part that cannot be read.
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

const NEITHER: &str =
    "neither a payload (`kind`, `name`) nor an OTLP request (`resourceSpans`, `resourceLogs`, `resourceMetrics`)";

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
            "line 3: not JSON: EOF while parsing a value at line 1 column 9",
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
fn documents_of_many_lines() {
    check(
        "{\n  \"name\": \"A\"\n}\n{\n  \"name\": \"B\",\n  \"attributes\": {}\n}\n[\n  {\"name\": \"C\"}\n]\n",
        &["line 1: \"A\"", "line 4: \"B\"", "line 8, /0: \"C\""],
    );
    check("{\"name\":\"A\"}{\"name\":\"B\"} {\"name\":\"C\"}", &["line 1: \"A\"", "line 1: \"B\"", "line 1: \"C\""]);
}

/// Python's exporter for the console prints them like this.
#[test]
fn what_a_console_exporter_prints() {
    let span = json!({
        "name": "Started",
        "context": {"trace_id": "0x5b8aa5a2d2c872e8321cf37308d69df2", "span_id": "0x051581bf3cb55c13", "trace_state": "[]"},
        "kind": "SpanKind.INTERNAL", "parent_id": null,
        "start_time": "2024-02-29T12:34:56.789000Z", "end_time": "2024-02-29T12:34:57.000000Z",
        "status": {"status_code": "ERROR", "description": "no"},
        "attributes": {"runs": 3, "tags": ["a"]},
        "events": [{"name": "e", "timestamp": "2024-02-29T12:34:56.900000Z", "attributes": {"k": true}}],
        "links": [], "resource": {"attributes": {"service.name": "demo-telemetry", "host": "h"}, "schema_url": ""},
    });
    let log = json!({
        "body": null, "severity_number": 9, "severity_text": "INFO", "attributes": {"event.name": "Opened", "text": "x"},
        "dropped_attributes": 0, "timestamp": "2024-02-29T12:34:56Z", "observed_timestamp": "2024-02-29T12:34:56Z",
        "trace_id": "0x5b8aa5a2d2c872e8321cf37308d69df2", "span_id": "0x051581bf3cb55c13", "trace_flags": 1,
        "resource": {"attributes": {}, "schema_url": ""},
    });
    let printed = format!("{span:#}\n{log:#}\n");
    let read = payloads(&catalogue(), printed.as_bytes());
    assert_eq!(read[0].origin.to_string(), "line 1");
    assert_eq!(
        read[0].value,
        json!({
            "kind": "span", "name": "Started", "traceId": "5b8aa5a2d2c872e8321cf37308d69df2", "spanId": "051581bf3cb55c13",
            "startTimeUnixNano": "1709210096789000000", "endTimeUnixNano": "1709210097000000000",
            "status": {"code": 2, "message": "no"}, "attributes": {"runs": 3, "tags": ["a"]},
            "events": [{"name": "e", "timeUnixNano": "1709210096900000000", "attributes": {"k": true}}],
            "resource": {"host": "h"},
        })
    );
    assert_eq!((&read[1].value["name"], &read[1].value["attributes"]), (&json!("Opened"), &json!({"text": "x"})));
    assert_eq!(read[1].value["timeUnixNano"], "1709210096000000000");
}

#[test]
fn a_broken_document_leaves_the_others_readable() {
    check(
        "{\n  \"name\": \"A\"\n}\n{\n  \"name\":\n}\n{\n  \"name\": \"C\"\n}\n{\n  \"name\": \"D\",\n",
        &[
            "line 1: \"A\"",
            "line 4: not JSON: expected value at line 3 column 1",
            "line 7: \"C\"",
            "line 10: not JSON: EOF while parsing an object at line 2 column 15",
        ],
    );
}

#[test]
fn a_byte_order_mark_before_any_line() {
    let mark = '\u{feff}';
    check(
        format!("{mark}{{\"name\":\"A\"}}\n{mark}{{\"name\":\"B\"}}\r\n{mark}\n"),
        &["line 1: \"A\"", "line 2: \"B\""],
    );
    check(
        format!("{{\"name\":\n{mark}{{\"name\":\"B\"}}"),
        &["line 1: not JSON: EOF while parsing a value at line 1 column 9", "line 2: \"B\""],
    );
}

/// A file of brackets that nothing closes is read in time that grows with its size, not with its square.
#[test]
fn brackets_that_nothing_closes() {
    let started = std::time::Instant::now();
    assert!(read(&catalogue(), "[\n".repeat(1 << 19).as_bytes()).is_err());
    assert!(read(&catalogue(), "{\"a\":\"\n".repeat(1 << 17).as_bytes()).is_err());
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

/// The neighbours of a bad value in a list are read; the bad one is a value that no domain admits.
#[test]
fn a_bad_value_costs_itself() {
    let bad: [(&[u8], &str, &str); 10] = [
        (br#""cut \ud83d""#, "loneSurrogate", "cut \u{fffd}"),
        (br#""\ude00\ud83d\u0041""#, "loneSurrogate", "\u{fffd}\u{fffd}A"),
        (b"\"caf\xe9\"", "notUtf8", "caf\u{fffd}"),
        (br#""\x41""#, "badEscape", "\u{fffd}41"),
        (b"\"a\tb\"", "controlCharacter", "a\tb"),
        (b"NaN", "notJson", "NaN"),
        (b"-Infinity", "notJson", "-Infinity"),
        (b"undefined", "notJson", "undefined"),
        (b"1e400", "tooLarge", "1e400"),
        (b"-1e999", "tooLarge", "-1e999"),
    ];
    for (value, kind, text) in bad {
        let bytes = [br#"{"name":"A","attributes":{"a":"#, value, br#","b":[1,"x"]}}"#].concat();
        let payload = &payloads(&catalogue(), &bytes)[0];
        assert_eq!(payload.value["attributes"]["b"], json!([1, "x"]), "{kind}");
        assert_eq!(payload.value["attributes"]["a"], json!({kind: text}));
    }
    let deep = format!(r#"{{"name":"A","attributes":{{"a":{}"x"{},"b":1}}}}"#, "[".repeat(200), "]".repeat(200));
    let payload = &payloads(&catalogue(), deep.as_bytes())[0];
    assert_eq!(payload.value["attributes"]["b"], 1);
    assert!(payload.value.to_string().contains(r#"{"tooDeep":"[["#));
}

#[test]
fn numbers_are_exact() {
    let text = r#"{"name":"A","attributes":{"a":9223372036854775807,"b":-9223372036854775808,"c":-9223372036854775809,
        "d":18446744073709551616,"e":3.0,"f":1e17}}"#;
    let payload = &payloads(&catalogue(), text.as_bytes())[0];
    let number = |key: &str| payload.value["attributes"][key].clone();
    assert_eq!((number("a"), number("b")), (json!(i64::MAX), json!(i64::MIN)));
    assert!(number("c").as_f64().is_some_and(|below| below < i64::MIN as f64), "{}", number("c"));
    assert_eq!((number("d"), number("e"), number("f")), (json!(18446744073709551616.0), json!(3.0), json!(1e17)));
}

#[test]
fn metrics_are_read() {
    let request = json!({"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "m", "sum": {"dataPoints": [
        {"asInt": "1", "attributes": [{"key": "path", "value": {"stringValue": "/x"}}],
         "exemplars": [{"filteredAttributes": [{"key": "k", "value": {"intValue": 1}}]}]}]}}]}]}]});
    let payload = &payloads(&catalogue(), request.to_string().as_bytes())[0];
    assert_eq!((&payload.value["kind"], &payload.value["name"]), (&json!("metric"), &json!("m")));
    let point = &payload.value["sum"]["dataPoints"][0];
    assert_eq!(
        (&point["attributes"], &point["exemplars"][0]["filteredAttributes"]),
        (&json!({"path": "/x"}), &json!({"k": 1}))
    );
}

#[test]
fn equal_keys_of_a_payload_are_noted() {
    let text = r#"{"name":"A","attributes":{"a":1,"a":2,"l":[{"r":1,"r":2}]},"name":"B"}"#;
    let payload = &payloads(&catalogue(), text.as_bytes())[0];
    assert_eq!(payload.duplicates, ["/attributes/a", "/attributes/l/0/r", "/name"]);
    let repeated: Vec<_> = payload.repeated.iter().map(|(pointer, value)| format!("{pointer} {value}")).collect();
    assert_eq!(repeated, ["/attributes/a 2", "/attributes/l/0/r 2", "/name \"B\""]);
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
        "not JSON: expected a key in quotes at line 1 column 2",
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
