//! `common`, `resource` and `body`: what is read, what is checked, what a change of them means.

use candor_schema::{Catalogue, Class, diff, load_str};

const ATTRIBUTES: &str = "
  runs: {row: usage, collected: default, type: int, brief: number of runs}
  os_type: {row: usage, collected: default, type: {enum: [linux, darwin]}, name: os.type, brief: system}
  host: {row: host, collected: opt_in, type: string, max_length: 40, brief: name of the host}
  text: {row: usage, collected: default, type: string, max_length: 40, brief: what happened}
";

fn text(rest: &str) -> String {
    let head = "candor: 1\nname: demo\ntitle: Demo\nversion: 1.0.0\nservice: demo\nconsent: {opt_in: share}\n\
                rows:\n  usage: {title: Usage, personal: none}\n  host: {title: Host, personal: none}\n";
    format!("{head}attributes:{ATTRIBUTES}{rest}")
}

#[track_caller]
fn catalogue(rest: &str) -> Catalogue {
    let loaded = load_str("telemetry.yaml", &text(rest));
    assert!(loaded.findings.is_empty(), "{:#?}", loaded.findings);
    loaded.catalogue.expect("a catalogue")
}

#[track_caller]
fn finds(rest: &str, code: &str, message: &str) {
    let findings = load_str("telemetry.yaml", &text(rest)).findings;
    let found: Vec<_> = findings.iter().map(|finding| (finding.code, &*finding.message)).collect();
    assert_eq!(found, [(code, message)]);
}

const SIGNALS: &str = "
spans:
  started: {name: Started, collected: default, brief: It started., attributes: {runs: required}}
events:
  crashed: {name: Crashed, collected: default, brief: It crashed., attributes: {text: optional}, body: text}
";

fn with(rest: &str) -> String {
    format!("{}{rest}\n", SIGNALS.replace("{runs: required}", "{runs: required, host: optional}"))
}

#[test]
fn what_is_common_may_be_required() {
    let catalogue = catalogue(&with("common: {os_type: required}"));
    for signal in catalogue.signals() {
        let os = signal.info.attribute("os.type").expect("carried");
        assert!(os.required, "{}", signal.id);
    }
}

#[test]
fn a_list_of_common_attributes_is_optional() {
    let catalogue = catalogue(&with("common: [os_type]"));
    assert!(catalogue.signals().iter().all(|signal| !signal.info.attribute("os.type").expect("carried").required));
}

#[test]
fn a_signal_says_itself_whether_a_common_attribute_is_required() {
    let own = with("common: {os_type: required}").replace("{text: optional}", "{text: optional, os_type: optional}");
    let catalogue = catalogue(&own);
    let required: Vec<_> =
        catalogue.signals().iter().map(|signal| signal.info.attribute("os.type").expect("carried").required).collect();
    assert_eq!(required, [true, false]);
}

#[test]
fn the_resource_is_no_part_of_a_signal() {
    let catalogue = catalogue(&with("resource: {os_type: required}"));
    assert!(catalogue.signals().iter().all(|signal| signal.info.attribute("os.type").is_none()));
    assert!(catalogue.resource().info.attribute("os.type").expect("carried").required);
}

#[test]
fn a_body_is_no_attribute_on_the_wire() {
    let catalogue = catalogue(&with("common: [os_type]"));
    let crashed = catalogue.signal("crashed").expect("a signal");
    assert!(crashed.info.attribute("text").is_none());
    assert_eq!(crashed.info.body().expect("a body").attribute.id, "text");
}

#[test]
fn mistakes_are_found() {
    finds(&with("common: [os_type]\nresource: {nothing: required}"), "E0102", "there is no attribute `nothing`");
    finds(
        &with("common: {host: required, os_type: optional}"),
        "E0202",
        "`common`, also for what is sent without it, requires `host`, which is opt-in",
    );
    finds(
        &with("resource: {host: required, os_type: required}"),
        "E0202",
        "`resource`, which is sent by default, requires `host`, which is opt-in",
    );
    let span = with("common: [os_type]")
        .replace("{runs: required, host: optional}", "{text: required, runs: required, host: optional}, body: text");
    finds(&span, "E0230", "span `started` has a body, which only log records have");
    let other = with("common: [os_type]").replace("body: text", "body: runs");
    finds(&other, "E0230", "event `crashed` does not carry `runs`, its body");
    finds(&with("common: [os_type]\nresource: [os_type]"), "E0002", "expected a mapping, found a list");
}

fn changes(old: &str, new: &str) -> Vec<(Vec<Class>, String, String)> {
    let changes = diff(&catalogue(&with(old)), &catalogue(&with(new))).changes;
    changes.into_iter().map(|change| (change.classes, change.subject, change.sentence)).collect()
}

#[test]
fn more_in_the_resource_widens() {
    let all = "common: [os_type]\n";
    let one = |classes: &[Class], subject: &str, sentence: &str| {
        vec![(classes.to_vec(), subject.to_owned(), sentence.to_owned())]
    };
    assert_eq!(
        changes(all, &format!("{all}resource: {{os_type: required}}")),
        one(&[Class::Widens], "resource.os_type", "the resource carries `os_type`, too")
    );
    assert_eq!(
        changes(all, &format!("{all}resource: {{host: optional}}")),
        one(&[Class::AddsOptIn], "resource.host", "the resource carries `host`, too")
    );
    assert_eq!(
        changes(&format!("{all}resource: {{os_type: required}}"), &format!("{all}resource: {{os_type: optional}}")),
        one(
            &[Class::Widens, Class::Breaks],
            "resource.os_type",
            "the resource may come without `os_type`, which it had to carry"
        )
    );
    assert_eq!(
        changes(&format!("{all}resource: {{os_type: optional}}"), all),
        one(&[Class::Breaks], "resource.os_type", "the resource no longer carries `os_type`")
    );
}

#[test]
fn another_place_on_the_wire_widens_and_breaks() {
    let without = |body: &str| catalogue(&with("common: [os_type]").replace(", body: text", body));
    let changes = diff(&without(""), &without(", body: text")).changes;
    let found: Vec<_> = changes.iter().map(|change| (&*change.classes, &*change.subject, &*change.sentence)).collect();
    let subject = "events.crashed.attributes.text";
    assert_eq!(found, [(&[Class::Widens, Class::Breaks][..], subject, "`text` is the body of event `crashed`")]);
    let back = diff(&without(", body: text"), &without("")).changes;
    assert_eq!(back[0].sentence, "`text` is no longer the body of event `crashed`");
}
