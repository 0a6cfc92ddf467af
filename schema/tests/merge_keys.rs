//! Merge keys: what they take, what counts first, and that a mistake in a template is one.

use candor_schema::{Catalogue, load_str};

const HEAD: &str = "candor: 1
name: demo
title: Demo
version: 1.0.0
service: demo
rows: {usage: {title: Usage, personal: none}}
spans: {started: {name: Started, collected: default, brief: it started, attributes: {a: required, b: required, c: required}}}
";

#[track_caller]
fn load(text: &str) -> Catalogue {
    let loaded = load_str("telemetry.yaml", &format!("{HEAD}{text}"));
    loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings))
}

/// The code, the marked text and the message of every finding.
fn findings(text: &str) -> Vec<(&'static str, String, String)> {
    let text = format!("{HEAD}{text}");
    let loaded = load_str("telemetry.yaml", &text);
    let marked = |start: u32, end: u32| text[start as usize..end as usize].to_owned();
    let findings = loaded.findings.into_iter();
    findings.map(|finding| (finding.code, marked(finding.place.start, finding.place.end), finding.message)).collect()
}

const TEMPLATE: &str = "
x-number: &number {row: usage, collected: default, type: int, minimum: 0}
attributes:
  a: {<<: *number, brief: a}
  b: {<<: *number, brief: b, minimum: 5}
  c:
    <<: *number
    brief: c
";

#[test]
fn own_keys_come_first() {
    let catalogue = load(TEMPLATE);
    let types: Vec<String> = catalogue.attributes().iter().map(|one| format!("{:?}", one.domain)).collect();
    assert!(types[0].contains("minimum: 0") && types[1].contains("minimum: 5"), "{types:?}");
    assert_eq!(types[0], types[2]);
}

#[test]
fn an_entry_may_be_the_template() {
    let catalogue = load(
        "attributes:
  a: &a {row: usage, collected: default, type: int, brief: a}
  b: {<<: *a, brief: b}
  c: {<<: *a, brief: c, type: boolean}
",
    );
    let briefs: Vec<&str> = catalogue.attributes().iter().map(|one| one.brief.as_str()).collect();
    assert_eq!(briefs, ["a", "b", "c"]);
}

/// The first of a list counts, and a template may have a template.
#[test]
fn several_templates() {
    let catalogue = load(
        "x-one: &one {row: usage, collected: default}
x-two: &two {<<: *one, type: int, brief: two}
x-three: &three {type: boolean, brief: three}
attributes:
  a: {<<: [*two, *three]}
  b: {<<: [*three, *two]}
  c: *two
",
    );
    let briefs: Vec<&str> = catalogue.attributes().iter().map(|one| one.brief.as_str()).collect();
    assert_eq!(briefs, ["two", "three", "two"]);
}

/// One mistake, one finding, at its place in the template.
#[test]
fn a_mistake_in_a_template_is_one() {
    let one = |from: &str, to: &str| {
        assert!(TEMPLATE.contains(from), "{from}");
        let found = findings(&TEMPLATE.replace(from, to));
        let [(code, marked, message)] = found.as_slice() else { panic!("{from}: {found:#?}") };
        (*code, marked.clone(), message.clone())
    };
    assert_eq!(one("row: usage, c", "row: usaeg, c").0, "E0101");
    assert_eq!(one("row: usage, c", "row: usaeg, c").1, "usaeg");
    assert_eq!(one("collected: default, type", "collected: defalt, type").1, "defalt");
    assert_eq!(one("type: int", "type: itn").1, "itn");
    assert_eq!(one("minimum: 0}", "minimum: zero}").1, "zero");
    assert_eq!(one("minimum: 0}", "minimum: 0, maximmu: 7}").0, "E0003");
    assert_eq!(one("type: int, minimum: 0", "type: int, unit: seconds, minimum: 0").1, "seconds");
}

/// Mistakes of an entry's own are told for each.
#[test]
fn mistakes_outside_are_told_each() {
    let found = findings(&TEMPLATE.replace("brief: a", "brief: ''").replace("brief: c", "brief: ''"));
    assert_eq!(found.len(), 2, "{found:#?}");
}

#[test]
fn what_is_no_mapping_cannot_be_merged() {
    let found =
        findings(&TEMPLATE.replace("&number {row: usage, collected: default, type: int, minimum: 0}", "&number 7"));
    assert_eq!(found.iter().map(|(code, ..)| *code).collect::<Vec<_>>(), ["E0003"; 3], "{found:#?}");
}

/// A key of the catalogue's own is not the writer's, in an entry either.
#[test]
fn only_a_file_has_keys_of_ones_own() {
    assert_eq!(findings(&TEMPLATE.replace("brief: a", "brief: a, x-note: a"))[0].0, "E0003");
}
