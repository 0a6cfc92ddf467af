//! CrewAI's catalogue: its table against the published one, and its schemas against its own examples.

use std::path::Path;

use candor_codegen::docs::{plan, render, table};
use candor_codegen::json_schema::{self, signal_schema};
use candor_codegen::markers::refresh;
use candor_schema::{Catalogue, Consent, Example, Signal};
use serde_json::{Value, json};

fn crewai() -> Catalogue {
    load("crewai")
}

fn load(name: &str) -> Catalogue {
    let loaded = candor_schema::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../schema").join(name));
    loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings))
}

/// The rows of a Markdown table of three columns.
fn rows(markdown: &str) -> Vec<[&str; 3]> {
    let lines = markdown.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let rows = lines.map(|line| line.split(" | ").collect::<Vec<_>>());
    rows.skip(2).map(|cells| cells.try_into().expect("three cells")).collect()
}

/// Lower case words; `_` is part of a word, so that `model` is not `model_name`.
fn words(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    text.split(|char: char| !char.is_alphanumeric() && char != '_').map(str::to_owned).collect()
}

/// Returns true if one of the phrases of `row` has all the words of `specific`.
fn says(row: &str, specific: &str) -> bool {
    let specific = words(specific);
    row.split([',', ':', '.']).map(words).any(|phrase| specific.iter().all(|word| phrase.contains(word)))
}

#[test]
fn table_has_the_published_rows() {
    let table = table(&crewai());
    let published = rows(include_str!("fixtures/crewai-table.md"));
    let generated = rows(&table);
    assert_eq!(published.len(), 14);
    let heads = |rows: &[[&str; 3]]| rows.iter().map(|row| format!("{} | {}", row[0], row[1])).collect::<Vec<_>>();
    assert_eq!(heads(&generated), heads(&published));
}

#[test]
fn table_has_every_published_specific() {
    let table = table(&crewai());
    let published = rows(include_str!("fixtures/crewai-table.md"));
    for ([_, title, specifics], [_, _, generated]) in published.iter().zip(rows(&table)) {
        for specific in specifics.split("; ") {
            assert!(says(generated, specific), "{title} does not say “{specific}”: {generated}");
        }
    }
}

/// The titles and texts of bullets.
fn bullets(markdown: &str) -> Vec<(&str, &str)> {
    markdown.lines().filter_map(|line| line.strip_prefix("- **")?.split_once("**: ")).collect()
}

#[test]
fn bullets_of_2024_are_the_published_ones() {
    let early = load("crewai-2024");
    let table = table(&early);
    let published = bullets(include_str!("fixtures/crewai-bullets.md"));
    let generated = bullets(&table);
    assert_eq!(published.len(), 10);
    let titles = |bullets: &[(&str, &str)]| bullets.iter().map(|(title, _)| (*title).to_owned()).collect::<Vec<_>>();
    let shared = generated.last().expect("the paragraph on `share_crew`");
    assert_eq!(titles(&generated[..10]), titles(&published));
    assert_eq!(generated.len(), 11);
    assert!(shared.1.ends_with("Collected only after opting in with `share_crew`."), "{}", shared.1);
    for ((title, text), row) in generated.iter().zip(early.rows()) {
        let reason = row.reason.as_ref().expect(title);
        assert!(text.starts_with(reason.as_str()), "{title}: {text}");
        assert_eq!(text.contains("only after opting in"), row.id == "shared", "{title}: {text}");
    }
}

/// Each specific is an attribute of the bullet's row.
#[test]
fn every_specific_of_2024_is_an_attribute() {
    let early = load("crewai-2024");
    let rows = (0..early.rows().len()).filter_map(|position| early.row_id(position));
    for (id, (title, specifics)) in rows.zip(bullets(include_str!("fixtures/crewai-bullets.md"))) {
        let briefs: Vec<&str> = early.row_attributes(id).map(|attribute| attribute.brief.as_str()).collect();
        for specific in specifics.split("; ") {
            let said = briefs.iter().any(|brief| words(specific).iter().all(|word| words(brief).contains(word)));
            assert!(said, "{title} has no attribute for “{specific}”: {briefs:?}");
        }
    }
}

/// Data that needed `share_crew` by the page of 2024 needs it still.
#[test]
fn nothing_shared_became_default_since_2024() {
    let (early, late) = (load("crewai-2024"), crewai());
    let shared = early.attributes().iter().filter(|attribute| !Consent::Default.includes(attribute.needs));
    for attribute in shared {
        let now = late.attribute_named(&attribute.id).expect(&attribute.id);
        assert!(!Consent::Default.includes(now.needs), "{}", attribute.id);
    }
}

#[test]
fn specifics_are_found_by_their_words() {
    assert!(says("Includes: randomly generated crew key, count of tasks.", "randomly generated key"));
    assert!(!says("Includes: randomly generated crew key, count of tasks.", "count of keys"));
    assert!(!says("Includes: randomly generated ID, crew key.", "randomly generated key"));
    assert!(!says("Includes: model_name.", "model"));
}

/// A payload with nothing but one attribute; it says that others were left out.
fn payload(signal: &Signal, name: &str, value: &Value) -> Value {
    let mut payload = json!({
        "kind": signal.kind.word(),
        "name": signal.name,
        "attributes": { name: value },
        "droppedAttributesCount": 1,
    });
    for time in signal.kind.facts().times {
        payload[*time] = json!("1763654951939149000");
    }
    payload
}

fn value(example: &Example) -> Value {
    match example {
        Example::Boolean(value) => json!(value),
        Example::Int(value) => json!(value),
        Example::Double(value) => json!(value),
        Example::Text(value) => json!(value),
        Example::List(items) => items.iter().map(value).collect(),
    }
}

#[test]
fn schemas_accept_every_example_at_its_level_and_no_other() {
    let crewai = crewai();
    for signal in crewai.signals() {
        for level in [Consent::Default, Consent::OptedIn] {
            let Some(schema) = signal_schema(&crewai, signal, level) else { continue };
            let validator = jsonschema::validator_for(&schema).expect("it is a schema");
            for attribute in signal.attributes.iter().map(|own| crewai.attribute(own.attribute)) {
                let visible = level.includes(attribute.needs);
                for example in attribute.examples.iter().map(value) {
                    let payload = payload(signal, &attribute.name, &example);
                    assert_eq!(validator.is_valid(&payload), visible, "{level:?}: {payload}");
                }
            }
        }
    }
}

#[test]
fn every_file_is_a_schema() {
    for artefact in json_schema::render(&json_schema::plan(&crewai())) {
        let schema = serde_json::from_str(&artefact.text).expect("it is JSON");
        assert!(jsonschema::meta::is_valid(&schema), "{}", artefact.path);
        assert!(jsonschema::validator_for(&schema).is_ok(), "{}", artefact.path);
    }
}

#[test]
fn page_goes_between_markers() {
    let crewai = crewai();
    let page = "<!-- candor:table --><!-- /candor:table -->\n{/* candor:signals */}{/* /candor:signals */}\n";
    let fresh = refresh(&crewai, page).expect("the markers are right");
    assert_eq!(refresh(&crewai, &fresh).expect("the markers are right"), fresh);
    assert!(render(&plan(&crewai))[0].text.contains(&table(&crewai)));
}
