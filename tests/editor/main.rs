//! The format's JSON Schema in the language server that editors have for YAML: it knows the keys and values of a
//! catalogue, explains them, and marks mistakes where they are.

mod server;

use std::path::Path;

use serde_json::Value;
use server::Server;

const SCHEMA: &str = "generated/json-schema/catalogue.schema.json";

/// A catalogue as somebody writes it beside those of `schema/crewai/`, so with the same first line. `‸` is the cursor.
const HEAD: &str = "\
# yaml-language-server: $schema=../../generated/json-schema/catalogue.schema.json
candor: 1
name: notes
title: Notes
version: 1.0.0
service: notes
rows: {use: {title: Use, reason: What is used., personal: none}}
attributes:
  words:
    row: use
    type: int
    brief: number of words
";

/// The text without its cursor, and the cursor's line and column.
fn with_cursor(text: &str) -> (String, usize, usize) {
    let (before, _) = text.split_once('‸').expect("a cursor");
    let line = before.rsplit('\n').next().unwrap_or_default();
    (text.replace('‸', ""), before.matches('\n').count(), line.len())
}

fn opened(text: &str) -> Option<(Server, String)> {
    let mut server = Server::start()?;
    let document = server.open(Path::new("schema/crewai/being-written.yaml"), text);
    Some((server, document))
}

#[track_caller]
fn check_offered(end: &str, expected: &[&str]) {
    let (text, line, column) = with_cursor(&format!("{HEAD}{end}"));
    let Some((mut server, document)) = opened(&text) else { return };
    let answer = server.ask_at("textDocument/completion", &document, line, column);
    let items = answer.get("items").unwrap_or(&answer).as_array().expect("items");
    let offered: Vec<_> = items.iter().filter_map(|item| item["label"].as_str()).collect();
    let missing: Vec<_> = expected.iter().filter(|label| !offered.contains(label)).collect();
    assert!(missing.is_empty(), "{missing:?} is not among {offered:?}");
}

#[test]
fn the_keys_of_an_attribute_are_offered() {
    check_offered("    ‸\n", &["collected", "max_length", "pattern", "personal", "identifier", "since"]);
}

#[test]
fn the_keys_of_a_new_attribute_are_offered() {
    check_offered("  letters:\n    ‸\n", &["row", "collected", "type", "brief"]);
}

#[test]
fn the_levels_are_offered() {
    check_offered("    collected: ‸\n", &["default", "opt_in"]);
}

#[test]
fn the_types_are_offered() {
    check_offered("  letters:\n    type: ‸\n", &["string", "boolean", "int", "double", "timestamp"]);
}

#[track_caller]
fn check_explained(end: &str, description: &str) {
    let schema: Value = serde_json::from_slice(&std::fs::read(SCHEMA).expect("the schema")).expect("JSON");
    let description = schema["$defs"]["Attribute"]["properties"].pointer(description).and_then(Value::as_str);
    let (text, line, column) = with_cursor(&format!("{HEAD}{end}"));
    let Some((mut server, document)) = opened(&text) else { return };
    let shown = server.ask_at("textDocument/hover", &document, line, column)["contents"].to_string();
    let description = description.expect("a description");
    assert!(shown.contains(description), "{shown} does not say: {description}");
}

#[test]
fn a_key_is_explained() {
    check_explained("    max_i‸tems: 3\n", "/max_items/description");
}

#[test]
fn a_level_is_explained() {
    check_explained("    collected: opt_‸in\n", "/collected/anyOf/1/description");
}

/// Checks the diagnostics of the lines after [`HEAD`]: line, counted from there, and what its message has to name.
#[track_caller]
fn check_marked(end: &str, expected: &[(usize, &str)]) {
    let Some((mut server, document)) = opened(&format!("{HEAD}{end}")) else { return };
    let marked = server.diagnostics(&document);
    let head = HEAD.lines().count();
    let places: Vec<_> = marked.iter().map(|(line, _)| *line).collect();
    assert_eq!(places, expected.iter().map(|(line, _)| head + line).collect::<Vec<_>>(), "{marked:?}");
    for ((_, message), (_, named)) in marked.iter().zip(expected) {
        assert!(message.contains(named), "{message} does not name {named}");
    }
}

#[test]
fn a_sound_catalogue_has_no_marks() {
    check_marked("    collected: default\n", &[]);
}

#[test]
fn an_unknown_key_is_marked() {
    check_marked("    collected: default\n    colected: default\n", &[(1, "colected")]);
}

#[test]
fn an_unknown_value_is_marked() {
    check_marked("    collected: default\n    personal: maybe\n", &[(1, "possible")]);
}

#[test]
fn several_mistakes_are_all_marked() {
    let end = "    collected: default\n    personal: maybe\n    max_length: long\nspams: {}\n";
    check_marked(end, &[(1, "possible"), (2, "integer"), (3, "spams")]);
}

#[test]
fn the_catalogue_of_crewai_has_no_marks() {
    let Some(mut server) = Server::start() else { return };
    let mut count = 0;
    for entry in std::fs::read_dir("schema/crewai").expect("a folder") {
        let path = entry.expect("an entry").path();
        let document = server.open(&path, &std::fs::read_to_string(&path).expect("a text"));
        assert_eq!(server.diagnostics(&document), [], "{}", path.display());
        count += 1;
    }
    assert!(count > 5, "{count}");
}
