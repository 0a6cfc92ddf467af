//! The memory for reading is bounded beforehand, by weights that are never too small.

mod common;

use allocation_counter::measure;
use candor_schema::{Catalogue, Consent};
use candor_validate::audit::{Audit, Granted};
use candor_validate::{Allow, Item, Request, Signals, Stopped, Validator, read_each};
use common::catalogue;
use serde_json::{Value, json};

/// Memory that is really taken: an allocator needs some more bytes for each piece.
fn really_taken(work: impl FnOnce()) -> usize {
    const PER_PIECE: u64 = 16;
    let info = measure(work);
    usize::try_from(info.bytes_max + info.count_max * PER_PIECE).expect("a size")
}

/// Everything that is done with a request while it is in memory.
fn look(catalogue: &Catalogue, request: &Request) {
    let validator = Validator::new(catalogue, Consent::Default);
    let mut audit = Audit::new(catalogue);
    audit.begin("", Granted::Default);
    request.each_item(catalogue, 1 << 20, |item| {
        audit.add(&item);
        if let Item::Payload(payload) = item {
            validator.check_payload(&payload);
        }
    });
    Allow::new(catalogue, Consent::Default).pass(request, &mut Stopped::default());
}

/// A bound, and what is really taken beside what looking at nothing takes.
#[track_caller]
fn check(what: &str, weight: usize, read: impl Fn(&Catalogue) -> Option<Request>) {
    const OF_THE_AUDIT: usize = 2 << 20;
    let catalogue = catalogue();
    let taken = really_taken(|| {
        if let Some(request) = read(&catalogue) {
            look(&catalogue, &request);
        }
    });
    println!("{what}: {} of {} KiB", taken >> 10, weight >> 10);
    assert!(taken < weight + OF_THE_AUDIT, "{what}: {taken} of {weight}");
}

#[track_caller]
fn check_json(what: &str, text: &str) {
    check(&format!("{what}, JSON"), Request::weigh_json(text.as_bytes()), |_| {
        Request::from_json(Signals::Traces, text.as_bytes()).ok()
    });
}

#[track_caller]
fn check_protobuf(what: &str, bytes: &[u8]) {
    check_protobuf_of(Signals::Traces, what, bytes);
}

#[track_caller]
fn check_protobuf_of(signals: Signals, what: &str, bytes: &[u8]) {
    check(&format!("{what}, protobuf"), Request::weigh_protobuf(signals, bytes), |_| {
        Request::from_protobuf(signals, bytes).ok()
    });
}

fn request(attributes: &str) -> String {
    format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"name":"Started","attributes":{attributes}}}]}}]}}]}}"#)
}

fn many(part: &str) -> String {
    const BYTES: usize = 1 << 17;
    vec![part; BYTES / (part.len() + 1)].join(",")
}

/// Small texts that take much.
const PARTS: [&str; 16] = [
    "0",
    "[]",
    "{}",
    "[0]",
    "[[[[0]]]]",
    r#""""#,
    r#""a""#,
    r#"{"":0}"#,
    r#"{"a":{"b":{}}}"#,
    r#"{"a":[{}]}"#,
    "null",
    "1.5",
    r#"{"key":"k","value":{"stringValue":"v"}}"#,
    r#"{"stringValue":"","intValue":1}"#,
    r#"{"kvlistValue":{"values":[{"key":"a","value":{}}]}}"#,
    r#"{"arrayValue":{"values":[{"intValue":"1"}]}}"#,
];

#[test]
fn json_in_every_place() {
    for part in PARTS {
        let list = format!("[{}]", many(part));
        check_json(&format!("attributes {part}"), &request(&list));
        let value = |value: &str| request(&format!(r#"[{{"key":"a","value":{value}}}]"#));
        check_json(&format!("any value {part}"), &value(&format!(r#"{{"arrayValue":{{"values":{list}}}}}"#)));
        check_json(&format!("bare value {part}"), &value(&list));
        let text = |key: &str, text: String| json!([{"key": key, "value": {"stringValue": text}}]).to_string();
        check_json(&format!("a text {part}"), &request(&text("agents", list.clone())));
        let hidden = list.replace('{', "\\u007b").replace('[', "\\u005b").replace(',', "\\u002c").replace('"', "\\\"");
        let hidden = format!(r#"[{{"key":"agents","value":{{"stringValue":"{hidden}"}}}}]"#);
        check_json(&format!("a hidden text {part}"), &request(&hidden));
        check_json(&format!("beside everything {part}"), &format!(r#"{{"resourceSpans":[],"other":{list}}}"#));
    }
    let members: String = (0..8_000).map(|number| format!(r#","{number}":0"#)).collect();
    let equal = vec![r#""x":0"#; 1 << 14].join(",");
    check_json("equal keys", &request(&format!(r#"[{{"key":"a","value":{{{equal}}}}}]"#)));
    check_json("members", &request(&format!(r#"[{{"key":"a","value":{{"x":0{members}}}}}]"#)));
    check_json("text", &request(&json!([{"key": "a", "value": {"stringValue": "x".repeat(1 << 17)}}]).to_string()));
}

/// A field of protobuf that holds bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut field = vec![number << 3 | 2];
    let mut length = bytes.len();
    while length >= 0x80 {
        field.push(length as u8 | 0x80);
        length >>= 7;
    }
    field.push(length as u8);
    [field, bytes.to_vec()].concat()
}

fn repeated(field: &[u8]) -> Vec<u8> {
    const BYTES: usize = 1 << 17;
    field.repeat(BYTES / field.len())
}

/// A span with these bytes.
fn span(bytes: &[u8]) -> Vec<u8> {
    field(1, &field(2, &field(2, &[field(5, b"Started"), bytes.to_vec()].concat())))
}

fn attribute(value: &[u8]) -> Vec<u8> {
    field(9, &[field(1, b"a"), field(2, value)].concat())
}

#[test]
fn protobuf_in_every_place() {
    let null = Vec::new();
    let pair = [field(1, b"k"), field(2, &field(1, b"v"))].concat();
    let values = [
        ("nulls", null.clone()),
        ("two values", [field(1, b""), field(1, b"")].concat()),
        ("bytes", field(7, b"")),
        ("texts", field(1, b"x")),
        ("lists", field(5, &field(1, &null))),
        ("maps", field(6, &field(1, &null))),
        ("maps with a pair", field(6, &field(1, &pair))),
        ("unknown", vec![0xf8, 0x01, 0x00]),
    ];
    for (what, value) in &values {
        check_protobuf(&format!("a list of {what}"), &span(&attribute(&field(5, &repeated(&field(1, value))))));
        check_protobuf(
            &format!("a map of {what}"),
            &span(&attribute(&field(6, &repeated(&field(1, &field(2, value)))))),
        );
        check_protobuf(&format!("attributes of {what}"), &span(&repeated(&attribute(value))));
    }
    for number in [9, 11, 13, 15] {
        check_protobuf(&format!("empty fields {number}"), &span(&repeated(&field(number, b""))));
        check_protobuf(&format!("unknown fields in {number}"), &span(&repeated(&field(number, b"\xf8\x01\x00"))));
    }
    check_protobuf("unknown fields", &span(&repeated(&[0xf8, 0x01, 0x00])));
    check_protobuf("spans", &field(1, &field(2, &repeated(&field(2, b"")))));
    check_protobuf("scopes", &field(1, &repeated(&field(2, b""))));
    check_protobuf("groups", &repeated(&field(1, b"")));
    let json = format!("[{}]", many("{}"));
    let agents = field(9, &[field(1, b"agents"), field(2, &field(1, json.as_bytes()))].concat());
    check_protobuf("a text that is JSON", &span(&agents));
}

#[test]
fn maps_in_maps() {
    let mut value = repeated(&field(1, &field(2, b"")));
    for _ in 0..24 {
        value = field(1, &[field(1, b"k"), field(2, &field(6, &value))].concat());
    }
    check_protobuf("maps in maps", &span(&attribute(&field(6, &value))));
}

#[test]
fn metrics_in_every_place() {
    let check = |what: &str, metric: &[u8]| {
        let request = field(1, &field(2, &field(2, &[field(1, b"m"), metric.to_vec()].concat())));
        check_protobuf_of(Signals::Metrics, what, &request);
    };
    let [gauge, histogram, exponential] = [5, 9, 10];
    check("points", &field(gauge, &repeated(&field(1, b""))));
    for number in [5, 7] {
        let point = field(1, &field(number, b""));
        check(&format!("empty fields {number} of points"), &field(gauge, &repeated(&point)));
    }
    let numbers = vec![0; 1 << 17];
    check("counts of a histogram", &field(histogram, &field(1, &field(6, &numbers))));
    check("bounds of a histogram", &field(histogram, &field(1, &field(7, &numbers))));
    check("counts of buckets", &field(exponential, &field(1, &field(8, &field(2, &numbers)))));
    let one_by_one = vec![2 << 3; 1 << 17];
    check("counts of buckets, not packed", &field(exponential, &field(1, &field(8, &one_by_one))));
    check("metadata", &repeated(&field(12, b"")));
}

/// Output of a console exporter is read twice: as it was written, and as the request that it becomes.
#[test]
fn documents_of_a_console() {
    let check = |what: &str, attributes: &str| {
        let text =
            format!(r#"{{"name":"Started","kind":"SpanKind.INTERNAL","context":{{}},"attributes":{attributes}}}"#);
        check(&format!("{what}, console"), 2 * Request::weigh_json(text.as_bytes()), |catalogue| {
            let validator = Validator::new(catalogue, Consent::Default);
            let mut audit = Audit::new(catalogue);
            let read = read_each(catalogue, text.as_bytes(), usize::MAX, |item| {
                audit.add(&item);
                let Item::Payload(payload) = item else { panic!("{item:?}") };
                validator.check_payload(&payload);
            });
            assert_eq!(read, Ok(()));
            None
        });
    };
    let members: Vec<String> = (0..8_000).map(|number| format!(r#""{number}":0"#)).collect();
    check("members", &format!("{{{}}}", members.join(",")));
    for part in PARTS {
        check(&format!("a list of {part}"), &format!(r#"{{"a":[{}]}}"#, many(part)));
    }
    let text = format!(
        r#"{{"name":"Started","kind":"SpanKind.INTERNAL","context":{{}},"attributes":{{"a":[{}]}}}}"#,
        many("0")
    );
    let weight = Request::weigh_json(text.as_bytes());
    for (most, is_read) in [(2 * weight, true), (2 * weight - 100, false)] {
        let read = read_each(&catalogue(), text.as_bytes(), most, |item| assert!(matches!(item, Item::Payload(_))));
        assert_eq!(read.is_ok(), is_read, "{most}");
    }
}

/// A bound that is far too large would refuse what is sent every day.
#[test]
fn everyday_requests_weigh_little() {
    let attribute =
        |number: usize| json!({"key": format!("attribute.{}", number % 20), "value": {"stringValue": "some text"}});
    let span = json!({"name": "Started", "attributes": (0..20).map(attribute).collect::<Vec<Value>>()});
    let request = json!({"resourceSpans": [{"scopeSpans": [{"spans": vec![span; 512]}]}]}).to_string();
    let weight = Request::weigh_json(request.as_bytes());
    assert!(weight < 48 << 20, "{} MiB for {} KiB", weight >> 20, request.len() >> 10);
}

#[test]
fn what_weighs_too_much_is_not_read() {
    let catalogue = catalogue();
    let protobuf = span(&attribute(&field(5, &repeated(&field(1, b"")))));
    let json = request(&format!("[{}]", many("{}")));
    for bytes in [protobuf, json.into_bytes()] {
        let taken = really_taken(|| {
            let why = read_each(&catalogue, &bytes, 4 << 20, |item| panic!("{item:?}")).expect_err("too much");
            assert!(why.is_too_large() && why.to_string() == "reading it may take more than 4 MiB", "{why}");
        });
        assert!(taken < 1 << 20, "{taken}");
    }
}

#[test]
fn lines_are_weighed_one_by_one() {
    let line =
        r#"{"kind":"span","name":"Started","startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":{"runs":1}}"#;
    let heavy = request(&format!("[{}]", many("{}")));
    let text = format!("{}\n{heavy}\n{line}\n", vec![line; 10_000].join("\n"));
    let (mut fine, mut refused) = (0, Vec::new());
    let read = read_each(&catalogue(), text.as_bytes(), 4 << 20, |item| match item {
        Item::Payload(_) => fine += 1,
        Item::Unreadable(part) => refused.push(format!("{}: {}", part.origin, part.why)),
    });
    assert_eq!((read, fine), (Ok(()), 10_001));
    assert_eq!(refused, ["line 10001: reading it may take more than 4 MiB"]);
}

#[test]
fn documents_of_many_lines_are_weighed_one_by_one() {
    let small = |name: &str| format!("{{\n  \"kind\": \"span\",\n  \"name\": \"{name}\"\n}}\n");
    let heavy = format!("{{\n  \"name\": [\n{}\n  ]\n}}\n", vec!["    {}"; 100_000].join(",\n"));
    let text = [small("A"), heavy, small("B")].concat();
    let mut seen = Vec::new();
    let read = read_each(&catalogue(), text.as_bytes(), 4 << 20, |item| match item {
        Item::Payload(payload) => seen.push(format!("{}: {}", payload.origin, payload.value["name"])),
        Item::Unreadable(part) => seen.push(format!("{}: {}", part.origin, part.why)),
    });
    assert_eq!(read, Ok(()));
    assert_eq!(seen, ["line 1: \"A\"", "line 5: reading it may take more than 4 MiB", "line 100009: \"B\""]);
}

/// A document that is broken near its beginning is broken, however much stands behind it.
#[test]
fn a_fault_is_told_before_a_weight() {
    let text = format!("{{\"name\":\n{{\"name\":\"A\"}}\n{}\n", request(&format!("[{}]", many("{}"))));
    let mut seen = Vec::new();
    let read = read_each(&catalogue(), text.as_bytes(), 4 << 20, |item| match item {
        Item::Payload(payload) => seen.push(payload.value["name"].to_string()),
        Item::Unreadable(part) => seen.push(part.why),
    });
    assert_eq!(read, Ok(()));
    assert_eq!(
        seen,
        ["not JSON: EOF while parsing a value at line 1 column 9", "\"A\"", "reading it may take more than 4 MiB"]
    );
}
