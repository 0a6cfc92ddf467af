//! Endpoints: what a change of where reports go means, and what is said about templates.

use candor_schema::{Catalogue, Class, diff, load_str};

use Class::{Breaks, Widens, Wording};

const BASE: &str = r#"
candor: 1
name: demo
title: Demo
version: 1.0.0
service: demo
endpoints:
  main: {url: https://main.example}
  crash:
    url: https://crash.example/report
    form: json
    body: {event: $name, at: $time, kind: crash, data: $attributes}
    batch: {all: $signals}
rows: {usage: {title: Usage, reason: How it is used., personal: none}}
attributes: {runs: {row: usage, collected: default, type: int, brief: number of runs}}
events:
  started: {name: Started, collected: default, brief: it started, attributes: {runs: required}}
  crashed: {name: Crashed, collected: default, brief: it crashed, endpoint: crash, attributes: {runs: required}}
  fell: {name: Fell, collected: default, brief: it fell, endpoint: crash, attributes: {runs: required}}
"#;

#[track_caller]
fn catalogue(text: &str) -> Catalogue {
    let loaded = load_str("telemetry.yaml", text);
    loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings))
}

/// Replaces each text, which must be there, and compares: subjects with classes.
#[track_caller]
fn check(edits: &[(&str, &str)], expected: &[(&str, &[Class])]) {
    let mut text = BASE.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let diff = diff(&catalogue(BASE), &catalogue(&text));
    let found: Vec<_> = diff.changes.iter().map(|change| (&*change.subject, &*change.classes)).collect();
    assert_eq!(found, expected, "{:#?}", diff.changes);
}

#[test]
fn another_address_widens() {
    check(&[("https://crash.example/report", "https://other.example")], &[("endpoints.crash", &[Widens])]);
}

#[test]
fn a_new_destination_widens_and_so_does_what_moves_there() {
    let added = "  new: {url: https://new.example}\nrows:";
    let moved = ("it fell, endpoint: crash", "it fell, endpoint: new");
    check(&[("rows:", added), moved], &[("endpoints.new", &[Widens]), ("events.fell", &[Widens])]);
}

#[test]
fn a_signal_that_moves_widens() {
    check(&[("it fell, endpoint: crash", "it fell")], &[("events.fell", &[Widens])]);
}

#[test]
fn another_name_for_the_same_destination_is_wording() {
    check(&[("main: {url", "first: {url")], &[("endpoints.first", &[Wording])]);
}

#[test]
fn a_body_that_says_more_widens() {
    check(&[("kind: crash", "kind: crash, id: $id")], &[("endpoints.crash", &[Widens, Breaks])]);
}

#[test]
fn a_body_of_another_form_breaks() {
    check(&[("kind: crash", "kind: fault")], &[("endpoints.crash", &[Breaks])]);
    check(&[("batch: {all: $signals}", "batch: $signals")], &[("endpoints.crash", &[Breaks])]);
    check(&[("form: json", "form: json\n    method: PUT")], &[("endpoints.crash", &[Breaks])]);
}

#[test]
fn otlp_instead_of_json_widens_and_breaks() {
    let body =
        "form: json\n    body: {event: $name, at: $time, kind: crash, data: $attributes}\n    batch: {all: $signals}";
    check(&[(body, "form: otlp")], &[("endpoints.crash", &[Widens, Breaks])]);
}

#[test]
fn the_short_form_is_an_endpoint_called_default() {
    let short = BASE.split("endpoints:").next().expect("a head").to_owned()
        + "endpoint: https://main.example\n"
        + "rows:"
        + BASE.split("rows:").nth(1).expect("rows");
    let short = short.replace("endpoint: crash", "endpoint: default");
    let catalogue = catalogue(&short);
    assert_eq!(catalogue.head().endpoints().len(), 1);
    assert_eq!(&*catalogue.head().endpoints()[0].name, "default");
    assert!(catalogue.signals().iter().all(|signal| signal.endpoint == 0));
}

/// `BASE` with attributes of the process, which have places as `places` says.
fn with_process(places: &[(&str, &str)]) -> String {
    let attributes = "attributes:\n  os: {row: usage, collected: default, type: boolean, name: os.type, brief: system}\n  \
                      cores: {row: more, collected: opt_in, type: int, brief: cores}\n  \
                      runs: {row: usage, collected: default, type: int, brief: number of runs}\n";
    let mut text = BASE
        .replace("attributes: {runs: {row: usage, collected: default, type: int, brief: number of runs}}\n", attributes)
        .replace(
            "Usage, reason: How it is used., personal: none}}",
            "Usage, reason: How it is used., personal: none}, \
                  more: {title: More, reason: What to test on., personal: none}}\nconsent: {opt_in: share}\n\
                  resource: {os: required, cores: optional}",
        )
        .replace("{all: $signals}", "{all: $signals, machine: {os: $resource.os}}\n    allow: {W0603: it is small}");
    for (from, to) in places {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}

#[test]
fn an_attribute_of_the_process_that_goes_to_one_more_endpoint_widens_as_it_is_collected() {
    let before = catalogue(&with_process(&[]));
    let changes = |places: &[(&str, &str)]| -> Vec<Vec<Class>> {
        let diff = diff(&before, &catalogue(&with_process(places)));
        assert!(diff.changes.iter().all(|change| change.subject == "endpoints.crash"), "{:#?}", diff.changes);
        diff.changes.iter().map(|change| change.classes.clone()).filter(|classes| *classes != [Wording]).collect()
    };
    let waiver = ("\n    allow: {W0603: it is small}", "");
    let spread = ("os: $resource.os", "\"...\": $resource");
    assert_eq!(changes(&[spread, waiver]), [[Breaks, Class::AddsOptIn]]);
    assert_eq!(changes(&[("os: $resource.os", "cores: $resource.cores")]), [[Breaks, Class::AddsOptIn]]);
    let after = catalogue(&with_process(&[("os: $resource.os", "cores: $resource.cores")]));
    let back = diff(&after, &before);
    assert_eq!(back.changes[0].classes, [Widens, Breaks]);
    assert_eq!(changes(&[("os: $resource.os", "system: $resource.os")]), [[Breaks]]);
}

#[track_caller]
fn finds(edit: (&str, &str), expected: &[(&str, &str, &str)]) {
    assert!(BASE.contains(edit.0), "{}", edit.0);
    let loaded = load_str("telemetry.yaml", &BASE.replace(edit.0, edit.1));
    let found: Vec<_> = loaded
        .findings
        .iter()
        .map(|finding| {
            let place = finding.place;
            let text = &loaded.sources.get(place).expect("a file").text[place.start as usize..place.end as usize];
            (finding.code, text, finding.help.as_deref().unwrap_or_default())
        })
        .collect();
    assert_eq!(found, expected, "{:#?}", loaded.findings);
}

#[test]
fn one_mistake_of_a_template_is_one_finding_with_the_way_out() {
    finds(("$time", "$tiem"), &[("E0604", "$tiem", "did you mean `$time`?")]);
    finds(("$name", "'${name}'"), &[("E0604", "'${name}'", "did you mean `$name`?")]);
    finds(
        ("kind: crash", "kind: $attributes.rus"),
        &[("E0604", "$attributes.rus", "did you mean `$attributes.runs`?")],
    );
    let help = "list the attributes of the process under `resource`, or remove the member";
    finds(("kind: crash", "kind: $resource"), &[("E0604", "$resource", help)]);
    finds(("kind: crash", "kind: $channels"), &[("E0604", "$channels", "remove the member")]);
    finds(("kind: crash", "kind: $chanels"), &[("E0604", "$chanels", "did you mean `$channels`?")]);
    let help = "list it under `resource`, or remove the member";
    finds(("kind: crash", "kind: $resource.os"), &[("E0604", "$resource.os", help)]);
    let help = "give it a member of its own: a text cannot be put together";
    finds(("kind: crash", "kind: the $name"), &[("E0604", "the $name", help)]);
    finds(("it fell, endpoint: crash", "it fell, endpoint: crsh"), &[("E0602", "crsh", "did you mean `crash`?")]);
    finds(("form: json", "form: jsno"), &[("E0009", "jsno", "did you mean `json`?")]);
    finds(("batch:", "bacth:"), &[("E0003", "bacth", "did you mean `batch`?")]);
}
