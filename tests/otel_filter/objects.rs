//! Objects as JSON text.

use super::*;

const GIVEN: &str = r#" [{"size?": 3, "name": "a\"b", "note": "hush"}, {"name": "too long"}, {"name": "", "size?": 99, "api_key": "k"}] "#;

fn check_text(consent: Consent, key: &'static str, given: &'static str, expected: &'static str, dropped: u32) {
    let sent = send_spans(consent, |tracer| {
        emit_span(tracer, "Everything", [("flag", Value::Bool(false)), (key, given.into())]);
    });
    assert_eq!(sent.signals[0].attributes[1], KeyValue::new(key, expected));
    assert_eq!(sent.signals[0].dropped_attributes_count, dropped);
}

#[test]
fn json_text_is_filtered_field_by_field() {
    let sent = send_spans(Consent::Default, |tracer| {
        emit_span(tracer, "Everything", [("flag", Value::Bool(false)), ("parts.json", GIVEN.into())]);
    });
    assert_eq!(
        sent.signals[0].attributes[1],
        KeyValue::new("parts.json", r#"[{"size?":3,"name":"a\"b"},{"name":""}]"#)
    );
    assert_eq!(sent.signals[0].dropped_attributes_count, 3);
    let stops = [
        ("Everything: attribute parts.json", Why::Value, 1),
        ("Everything: attribute parts.json.api_key", Why::Unknown, 1),
        ("Everything: attribute parts.json.note", Why::Consent, 1),
        ("Everything: attribute parts.json.size?", Why::Value, 1),
    ];
    check_stops(&sent.stops, &stops);
}

#[test]
fn opt_in_fields_only_after_the_opt_in() {
    let given = r#"{"name":"a","size?":null,"note":"hush"}"#;
    check_text(Consent::Default, "part_one", given, r#"{"name":"a"}"#, 0);
    check_text(Consent::OptedIn, "part_one", given, r#"{"name":"a","note":"hush"}"#, 0);
}

#[test]
fn a_required_field_that_is_missing_costs_the_object() {
    let given = r#"[{"note":"n"},{"name":7},{"name":"b"}]"#;
    check_text(Consent::Default, "parts", given, r#"[{"name":"b"}]"#, 2);
}

#[test]
fn what_is_no_json_or_another_structure_is_left_out() {
    for text in ["", "hush", "{", "7", "[7]x", r#"[[{"name":"a"}]]"#, r#"{"name":"a"}"#] {
        let sent = send_spans(Consent::Default, |tracer| {
            emit_span(tracer, "Everything", [("flag", true.into()), ("parts.json", text.into())]);
        });
        assert!(sent.signals[0].dropped_attributes_count == 1, "{text}");
        assert!(sent.signals[0].attributes.iter().all(|pair| !pair.value.as_str().contains("name")), "{text}");
    }
    check_refused("part_one", texts(["{\"name\":\"a\"}"]));
}

#[test]
fn hostile_json_is_left_out() {
    let deep = "[".repeat(100_000);
    let sent = send_spans(Consent::Default, |tracer| {
        let attributes = [KeyValue::new("flag", true), KeyValue::new("parts.json", deep)];
        drop(tracer.build(SpanBuilder::from_name("Everything").with_attributes(attributes)));
    });
    assert_eq!(sent.signals[0].attributes.len(), 1);
    check_text(Consent::Default, "part_one", r#"{"name":"hush","name":"last"}"#, r#"{"name":"last"}"#, 1);
}
