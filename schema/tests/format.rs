//! The format's own JSON Schema asks for what the reader asks for.
#![cfg(feature = "json-schema")]

use serde_json::Value;

fn required(part: &Value) -> Vec<&str> {
    let keys = part["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut keys: Vec<_> = keys.iter().filter_map(Value::as_str).collect();
    keys.sort();
    keys
}

#[test]
fn required_keys_are_those_that_the_reader_requires() {
    let schema = candor_schema::format_schema();
    // One schema for all files of a catalogue, and only one of them has the head.
    assert_eq!(required(&schema), [] as [&str; 0]);
    for (definition, keys) in [
        ("Endpoint", &["url"] as &[&str]),
        ("Consent", &[]),
        ("Docs", &[]),
        ("Section", &["text", "title"]),
        ("Review", &["link", "version", "when", "who", "widens"]),
        ("Row", &["title"]),
        ("Attribute", &["brief", "collected", "row", "type"]),
        ("Object", &["fields"]),
        ("Signal", &["brief", "collected", "name"]),
        ("Deprecated", &["reason"]),
    ] {
        assert_eq!(required(&schema["$defs"][definition]), keys, "{definition}");
    }
}

#[test]
fn no_key_may_be_null() {
    let schema = candor_schema::format_schema();
    let definitions = schema["$defs"].as_object().expect("definitions").values();
    for part in definitions.chain([&schema]) {
        for (key, property) in part["properties"].as_object().into_iter().flatten() {
            let text = property.to_string();
            assert!(!text.contains("\"null\""), "the reader takes no null for `{key}`: {text}");
        }
    }
}
