//! Places where a text can hide from the audit: behind equal keys, broken values, scopes, resources, metrics, other
//! captures.

mod common;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use candor_schema::Catalogue;
use candor_validate::audit::{Audit, Finding, Granted, Harm, Report, Rule};
use candor_validate::{Payload, read};
use serde_json::{Value, json};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let text = "
candor: 1
name: probe
title: Probe
version: 1.0.0
service: probe
consent: {opt_in: share}
rows:
  base: {title: Base, reason: To know.}
  words: {title: Words, reason: To see.}
attributes:
  what: {row: base, collected: default, type: string, max_length: 500, personal: none, brief: what happened}
  number: {row: base, collected: default, type: int, personal: none, brief: a number}
  session: {row: base, collected: default, type: string, max_length: 64, identifier: random, personal: none, brief: a session}
  steps: {row: base, collected: default, type: [step], max_items: 5, personal: none, brief: the steps}
  tool: {row: base, collected: default, type: string, max_length: 500, personal: none, brief: a tool}
  said: {row: words, collected: opt_in, type: string, max_length: 5000, personal: possible, free_text: true, brief: said, examples: [hello]}
objects:
  step: {fields: {tool: tool}}
spans:
  done:
    name: Done
    collected: default
    brief: It is done.
    attributes: {what: optional, number: optional, session: optional, steps: optional, said: optional}
events:
  noted: {name: probe.noted, collected: default, brief: It is noted., attributes: {what: optional}}
";
    candor_schema::load_str("probe.yaml", text).catalogue.expect("no errors")
});

fn token() -> String {
    format!("ghp_{}", "aB3dE5gH7j".repeat(4))
}

fn audit(captures: &[(Granted, String)]) -> Report {
    let mut audit = Audit::new(&CATALOGUE);
    for (granted, text) in captures {
        audit.begin("capture", *granted);
        read(&CATALOGUE, text.as_bytes()).expect("it can be read").iter().for_each(|item| audit.add(item));
    }
    audit.report()
}

fn rules(report: &Report) -> BTreeSet<(Rule, &str)> {
    report.findings.iter().map(|finding| (finding.rule, finding.subject.as_str())).collect()
}

/// Audits one text at the default.
#[track_caller]
fn check(text: impl ToString, expected: &[(Rule, &str)]) {
    let text = text.to_string();
    let report = audit(&[(Granted::Default, text.clone())]);
    assert_eq!(rules(&report), expected.iter().copied().collect(), "{text}");
}

fn spans(spans: Value) -> Value {
    json!({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})
}

fn text(key: &str, value: &str) -> Value {
    json!({"key": key, "value": {"stringValue": value}})
}

#[test]
fn every_value_of_equal_keys() {
    let both = |first: &str, second: &str| {
        spans(json!([{"name": "Done", "attributes": [text("what", first), text("what", second)]}]))
    };
    let expected = [(Rule::Secret, "`what`"), (Rule::DuplicateKey, "`what`")];
    check(both("ok", &token()), &expected);
    check(both(&token(), "ok"), &expected);
    let three = json!([text("extra", "a"), text("extra", "b"), text("extra", "alice@example.com")]);
    check(
        spans(json!([{"name": "Done", "attributes": three}])),
        &[(Rule::Email, "`extra`"), (Rule::UnknownAttribute, "`extra`"), (Rule::DuplicateKey, "`extra`")],
    );
    let step =
        format!(r#"{{"kind":"span","name":"Done","attributes":{{"steps":[{{"tool":"a","tool":"{}"}}]}}}}"#, token());
    check(step, &[(Rule::Secret, "`steps[].tool`"), (Rule::DuplicateKey, "`steps[].tool`")]);
    let inner = format!(r#"{{"a":"x","a":"{}"}}"#, token());
    let written = spans(json!([{"name": "Done", "attributes": [text("extra", &inner)]}]));
    check(written, &[(Rule::Secret, "`extra`"), (Rule::UnknownAttribute, "`extra`")]);
}

#[test]
fn one_bad_value() {
    for (bad, what) in [
        (r#"{"stringValue": "cut \ud83d"}"#, "is a text with a lone surrogate"),
        (r#"{"doubleValue": NaN}"#, "is no value that JSON has"),
        (r#"{"doubleValue": 1e400}"#, "is a number too large for a double"),
    ] {
        let good = spans(
            json!([{"name": "Done", "attributes": [text("what", "BAD")]}, {"name": "Done", "attributes": [text("extra", &token())]}]),
        );
        let text = good.to_string().replace(r#"{"stringValue":"BAD"}"#, bad);
        let report = audit(&[(Granted::Default, text)]);
        assert_eq!(
            rules(&report),
            BTreeSet::from([
                (Rule::Secret, "`extra`"),
                (Rule::UnknownAttribute, "`extra`"),
                (Rule::Unreadable, "`what`")
            ])
        );
        let unreadable = report.findings.iter().find(|finding| finding.rule == Rule::Unreadable).expect("it is named");
        assert_eq!(unreadable.message, what);
        assert!(unreadable.first.origin.path.ends_with("/spans/0"), "{}", unreadable.first);
    }
    // What is left of a bad text is looked at.
    let cut = format!(r#"{{"kind":"span","name":"Done","attributes":{{"what":"{} \ud83d"}}}}"#, token());
    check(cut, &[(Rule::Secret, "`what`"), (Rule::Unreadable, "`what`")]);
}

#[test]
fn scopes_and_resources() {
    let scope = json!({"name": format!("/{}/alice/app.js", "home"), "version": token()});
    check(
        json!({"resourceSpans": [{"scopeSpans": [{"scope": scope, "spans": [{"name": "Done"}]}]}]}),
        &[(Rule::Secret, "`version` of the scope"), (Rule::HomePath, "`name` of the scope")],
    );
    let resource = |attributes: Value| json!({"resourceSpans": [{"resource": {"attributes": attributes}, "scopeSpans": [{"spans": [{"name": "Done"}]}]}]});
    // What the page says about a signal holds for the resource of that signal.
    check(resource(json!([text("what", "start")])), &[]);
    check(resource(json!([text("tool", "start")])), &[(Rule::UnknownContext, "`tool` of the resource")]);
    let personal = audit(&[(
        Granted::Default,
        resource(json!([text("process.owner", "root"), text("os.type", "linux")])).to_string(),
    )]);
    let harms: Vec<_> = personal.findings.iter().map(|finding| (finding.harm, finding.pointer.as_str())).collect();
    assert_eq!(harms, [(Harm::Personal, "/resource/process.owner"), (Harm::Uncatalogued, "/resource/os.type")]);
}

#[test]
fn metrics_are_searched() {
    let points = json!([{
        "asInt": "1", "timeUnixNano": "1795190951945",
        "attributes": [text("who", "alice@example.com"), text("what", "start"), text("said", "a secret plan")],
        "exemplars": [{"filteredAttributes": [text("key", &token())]}],
    }]);
    let metric = json!({"name": "runs", "sum": {"dataPoints": points}});
    check(
        json!({"resourceMetrics": [{"scopeMetrics": [{"metrics": [metric]}]}]}),
        &[
            (Rule::UnknownSignal, "the metric `runs`"),
            (Rule::Email, "`who`"),
            (Rule::UnknownAttribute, "`who`"),
            (Rule::NotAllowed, "`said`"),
            (Rule::Secret, "`key`"),
            (Rule::UnknownAttribute, "`key`"),
            (Rule::Time, "`timeUnixNano`"),
        ],
    );
}

#[test]
fn times() {
    let at =
        |start: &str, end: &str| spans(json!([{"name": "Done", "startTimeUnixNano": start, "endTimeUnixNano": end}]));
    check(at("1795190951945980484", "1795190951945980485"), &[]);
    check(at("1", "2"), &[]);
    check(at("1795190951945980484", "1795190951945980483"), &[(Rule::Time, "`endTimeUnixNano`")]);
    check(
        at("1795190951945", "1795190951946"),
        &[(Rule::Time, "`startTimeUnixNano`"), (Rule::Time, "`endTimeUnixNano`")],
    );
    check(at("1795190951", "1795190951945980483"), &[(Rule::Time, "`startTimeUnixNano`")]);
    check(at("1795190951945980", "1795190951945980483"), &[(Rule::Time, "`startTimeUnixNano`")]);
    let log = json!({"eventName": "probe.noted", "timeUnixNano": 1_795_190_951_945_u64});
    check(json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [log]}]}]}), &[(Rule::Time, "`timeUnixNano`")]);
}

fn done(attributes: Value) -> String {
    json!({"kind": "span", "name": "Done", "startTimeUnixNano": "1", "endTimeUnixNano": "2", "attributes": attributes})
        .to_string()
}

#[test]
fn copies_across_captures() {
    const SAID: &str = "sell the house by the lake in May";
    let opted_in = (Granted::OptedIn, done(json!({"said": SAID})));
    let default = (Granted::Default, done(json!({"what": format!("title: {SAID}")})));
    for captures in [[opted_in.clone(), default.clone()], [default, opted_in.clone()]] {
        assert_eq!(rules(&audit(&captures)), BTreeSet::from([(Rule::CopiedText, "`what`")]));
    }
    let of = |granted| audit(&[opted_in.clone(), (granted, done(json!({"extra": SAID})))]).findings;
    let harm = |findings: Vec<Finding>| {
        findings.iter().find(|finding| finding.rule == Rule::CopiedText).map(|finding| finding.harm)
    };
    assert_eq!(harm(of(Granted::Default)), Some(Harm::Consent));
    // The user had allowed the text; what is wrong is that no page lists the attribute.
    assert_eq!(harm(of(Granted::OptedIn)), Some(Harm::Uncatalogued));
}

#[test]
fn identifiers_are_no_copies() {
    let id = "0b9c2f4e-5d1a-4c3b-8e7f-6a5b4c3d2e1f";
    let captures =
        [(Granted::OptedIn, done(json!({"said": id}))), (Granted::Default, done(json!({"session": id, "what": id})))];
    assert_eq!(rules(&audit(&captures)), BTreeSet::new());
}

#[test]
fn typed_texts() {
    const TYPED: &str = "kumquat marmalade";
    let audited = |granted, attributes: Value| {
        let mut audit = Audit::new(&CATALOGUE);
        audit.add_typed(TYPED);
        audit.begin("capture", granted);
        audit.add_payload(&Payload::from(serde_json::from_str::<Value>(&done(attributes)).expect("JSON")));
        let findings = audit.report().findings;
        findings.iter().map(|finding| (finding.rule, finding.harm)).collect::<BTreeSet<_>>()
    };
    let typed = (Rule::TypedText, Harm::Personal);
    assert_eq!(audited(Granted::Default, json!({"what": "make kumquat marmalade today"})), BTreeSet::from([typed]));
    assert_eq!(audited(Granted::Default, json!({"what": "q=kumquat%2520marmalade"})), BTreeSet::from([typed]));
    assert!(audited(Granted::Default, json!({"kumquat marmalade": 1})).contains(&typed));
    assert_eq!(audited(Granted::OptedIn, json!({"said": TYPED})), BTreeSet::from([(Rule::TypedText, Harm::Disclosed)]));
    assert_eq!(audited(Granted::Default, json!({"what": "marmalade"})), BTreeSet::new());
    // Its MD5.
    let hash = "5f48e16058cc5cb01d2c064c30209224";
    assert_eq!(audited(Granted::Default, json!({"what": hash})), BTreeSet::from([(Rule::HashedText, Harm::Consent)]));
}

/// An empty value says nothing, and a key that no page lists says its name.
#[test]
fn empty_values() {
    let attributes = json!([{"key": "what", "value": {}}, {"key": "number"}, {"key": "other", "value": {}}]);
    check(spans(json!([{"name": "Done", "attributes": attributes}])), &[(Rule::UnknownAttribute, "`other`")]);
    check(done(json!({"what": null, "steps": null})), &[]);
}

#[test]
fn an_event_that_was_probably_meant() {
    let record = json!({"eventName": "noted", "attributes": [text("what", "start"), text("extra", "x")]});
    let report =
        audit(&[(Granted::Default, json!({"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}).to_string())]);
    assert_eq!(
        rules(&report),
        BTreeSet::from([(Rule::UnknownSignal, "the event `noted`"), (Rule::UnknownAttribute, "`extra`")])
    );
    assert!(
        report.findings[0].message.ends_with("did you mean `probe.noted`, which was never seen?"),
        "{:?}",
        report.findings[0]
    );
}
