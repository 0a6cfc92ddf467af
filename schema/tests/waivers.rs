//! Waivers: what they take back, and what not.

use candor_schema::load_str;

const HEAD: &str = "
candor: 1
name: demo
title: Demo
version: 1.0.0
service: demo
";

/// Expects these findings, code and line, of a catalogue with this after its head, which has six lines.
fn check(rest: &str, expected: &[(&str, u32)]) {
    let loaded = load_str("catalogue.yaml", &format!("{HEAD}{rest}"));
    let found: Vec<_> = loaded.findings.iter().map(|finding| (finding.code, finding.place.line)).collect();
    assert_eq!(found, expected, "{:#?}", loaded.findings);
}

/// The rest of a catalogue, with something to say about a row, an attribute, an object and a signal.
fn catalogue(row: &str, attribute: &str, object: &str, signal: &str) -> String {
    format!(
        "rows:
  usage: {{title: Usage, personal: none}}
  usages: {{title: Usages{row}, personal: none}}
attributes:
  sort_key: {{row: usage, collected: default, type: string, max_length: 9, brief: sorting{attribute}}}
  parts: {{row: usages, collected: default, type: [part], brief: parts}}
objects:
  part: {{fields: {{key: sort_key, Key: sort_key}}{object}}}
spans:
  started: {{name: Started, collected: default, brief: started, attributes: {{parts: optional}}}}
  begun: {{name: Begun, collected: default, brief: begun, row: usage, deprecated: {{reason: renamed}}{signal}}}
"
    )
}

#[test]
fn none() {
    check(&catalogue("", "", "", ""), &[("W0302", 9), ("W0304", 11), ("W0303", 14), ("W0301", 17)]);
}

#[test]
fn of_every_kind_of_entry() {
    let of = |code: &str| format!(", allow: {{{code}: that is so}}");
    check(&catalogue(&of("W0302"), &of("W0304"), &of("W0303"), &of("W0301")), &[]);
}

#[test]
fn of_another_check() {
    let wrong = ", allow: {W0301: that is so}";
    check(&catalogue("", wrong, "", ""), &[("W0302", 9), ("W0304", 11), ("W0305", 11), ("W0303", 14), ("W0301", 17)]);
}

#[test]
fn in_the_head_for_all() {
    let all = "allow:\n  W0301: why\n  W0302: why\n  W0303: why\n  W0304: why\n";
    check(&format!("{all}{}", catalogue("", "", "", "")), &[]);
    check(
        &format!("allow: {{W0305: why}}\n{}", catalogue("", "", "", ", allow: {W0301: why}")),
        &[("E0013", 7), ("W0302", 10), ("W0304", 12), ("W0303", 15)],
    );
}

#[test]
fn of_the_other_one_of_a_pair() {
    let text = catalogue("", ", allow: {W0304: why}", ", allow: {W0303: why}", ", allow: {W0301: why}");
    check(&text.replace("{title: Usage, ", "{title: Usage, allow: {W0302: why}, "), &[]);
}

#[test]
fn of_an_error() {
    let rest = |pattern: &str| {
        format!(
            "rows: {{usage: {{title: Usage, personal: none}}}}
attributes:
  tool: {{row: usage, collected: default, type: string, pattern: '{pattern}', brief: tool, allow: {{e0219: nobody tries}}}}
spans: {{started: {{name: Started, collected: default, brief: started, attributes: {{tool: optional}}}}}}
"
        )
    };
    check(&rest("^(a+)+$"), &[]);
    check(&rest("^a+$"), &[("W0305", 9)]);
}

#[test]
fn nothing_is_stale_while_something_is_wrong() {
    let text = catalogue("", ", allow: {W0304: why}", "", "").replace("type: string, max_length: 9", "type: int");
    check(&text, &[("W0302", 9), ("W0305", 11), ("W0303", 14), ("W0301", 17)]);
    check(&text.replace("row: usages", "row: usgaes"), &[("W0302", 9), ("E0101", 12), ("W0303", 14), ("W0301", 17)]);
}

#[test]
fn what_cannot_be_read() {
    let text = |allow: &str| catalogue("", allow, "", "");
    let rest = [("W0303", 14), ("W0301", 17)];
    check(&text(", allow: [W0304]"), &[&[("W0302", 9), ("W0304", 11), ("E0002", 11)], &rest[..]].concat());
    check(&text(", allow: {W0304: 5}"), &[&[("W0302", 9), ("W0304", 11), ("E0002", 11)], &rest[..]].concat());
    check(&text(", allow: {W0304: a, W0304: b}"), &[&[("W0302", 9), ("E0004", 11)], &rest[..]].concat());
}
