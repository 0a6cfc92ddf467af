//! The emitters of a small catalogue, as they are written.

use candor_codegen::rust::{plan, render};
use candor_codegen::validator;

const CATALOGUE: &str = "
candor: 1
name: small
title: Small
version: 1.0.0
service: small
consent: {opt_in: share}
rows:
  usage: {title: Usage, personal: none}
  texts: {title: Texts, personal: none}
attributes:
  colour: {row: usage, collected: default, type: {enum: [red, dark red]}, brief: colour}
  parts: {row: usage, collected: default, type: [part], encoding: json, max_items: 9, brief: parts}
  size: {row: usage, collected: default, type: int, minimum: 0, brief: size}
  remark: {row: texts, collected: opt_in, type: string, max_length: 80, on_violation: truncate, personal: possible, brief: remark}
objects:
  part: {brief: a part, fields: {\"size?\": size, remark: remark}}
spans:
  built:
    name: Built
    collected: default
    brief: something was built
    attributes: {colour: required, parts: optional, remark: optional}
";

/// The items of one generated file, without its header.
fn items(path: &str) -> String {
    let loaded = candor_schema::load_str("small.yaml", CATALOGUE);
    let catalogue = loaded.catalogue.unwrap_or_else(|| panic!("{:?}", loaded.findings));
    let files = render(&plan(&catalogue));
    let file = files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{path}"));
    let (_, items) =
        file.text.split_once("use super::{attributes, enums, objects, resource, signals};\n\n").expect("items");
    items.to_owned()
}

#[test]
fn attributes() {
    insta::assert_snapshot!(items("src/attributes.rs"));
}

#[test]
fn enums() {
    insta::assert_snapshot!(items("src/enums.rs"));
}

#[test]
fn objects() {
    insta::assert_snapshot!(items("src/objects.rs"));
}

#[test]
fn signals() {
    insta::assert_snapshot!(items("src/signals.rs"));
}

#[test]
fn validator() {
    let loaded = candor_schema::load_str("small.yaml", CATALOGUE);
    let plan = validator::plan(&loaded.catalogue.expect("a catalogue"));
    let files = validator::render(&plan);
    let (_, items) = files[0].text.split_once("\nimpl Payloads {").expect("the functions");
    insta::assert_snapshot!(items);
}

#[test]
fn every_file_parses_and_says_that_it_is_generated() {
    let loaded = candor_schema::load_str("small.yaml", CATALOGUE);
    let catalogue = loaded.catalogue.expect("a catalogue");
    for artefact in candor_codegen::generate(&catalogue) {
        if artefact.path.ends_with(".rs") {
            syn::parse_file(&artefact.text).unwrap_or_else(|error| panic!("{}: {error}", artefact.path));
        }
        let beginning: String = artefact.text.chars().take(1024).collect();
        assert!(beginning.contains(candor_codegen::GENERATED), "{}", artefact.path);
    }
}

/// A number in a unit of time is a `Duration`, unless it has to be negative.
#[test]
fn fields_in_a_unit_of_time() {
    let loaded = candor_schema::load_str(
        "times.yaml",
        "
candor: 1
name: times
title: Times
version: 1.0
service: times
rows: {usage: {title: Usage, personal: none}}
attributes:
  took: {row: usage, collected: default, type: int, unit: ms, maximum: 5, brief: took}
  waited: {row: usage, collected: default, type: [double], unit: s, max_items: 2, brief: waited}
  behind: {row: usage, collected: default, type: int, unit: s, maximum: -1, brief: behind}
  size: {row: usage, collected: default, type: int, unit: By, brief: size}
spans: {ran: {name: Ran, collected: default, brief: it ran, attributes: {took: required, waited: optional, behind: required, size: required}}}
",
    );
    let files = render(&plan(&loaded.catalogue.expect("a catalogue")));
    let signals = &files.iter().find(|file| file.path == "src/signals.rs").expect("the signals").text;
    for field in
        ["took: std::time::Duration,", "waited: Option<&'a [std::time::Duration]>,", "behind: i64,", "size: i64,"]
    {
        assert!(signals.contains(field), "{field}\n{signals}");
    }
}
