//! Findings of the audit in single texts: precision and recall over labelled texts, printed and held.
//!
//! The texts stand in `fixtures/corpus`, a file per rule. No token is among them: those of families are drawn at run time
//! after their forms.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use candor_schema::Catalogue;
use candor_validate::Payload;
use candor_validate::audit::{Audit, Granted, Rule};
use serde_json::json;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let text = "
candor: 1
name: probe
title: Probe
version: 1.0.0
service: probe
rows: {base: {title: Base, reason: To know.}}
attributes: {what: {row: base, collected: default, type: string, max_length: 100000, personal: none, brief: what happened}}
spans: {done: {name: Done, collected: default, brief: It is done., attributes: {what: optional}}}
";
    candor_schema::load_str("probe.yaml", text).catalogue.expect("no errors")
});

/// The lines of a file of texts.
fn texts(name: &str) -> Vec<String> {
    let path = format!("{}/tests/fixtures/corpus/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.lines().filter(|line| !line.starts_with("# ")).map(str::to_owned).collect()
}

struct Case {
    text: String,
    expected: Option<Rule>,
}

/// The texts. Around a token stand words, a member of JSON, an assignment, and the codes of an address, by turns.
fn corpus() -> Vec<Case> {
    let mut random = fastrand::Rng::with_seed(12);
    let around: [fn(&str) -> String; 5] = [
        str::to_owned,
        |token| format!("failed with {token}, see the log"),
        |token| format!("{{\"value\": \"{token}\"}}"),
        |token| format!("https://x.example/cb?u=a%20{token}%26x"),
        |token| format!("VALUE={token}"),
    ];
    let mut cases = Vec::new();
    let mut add = |text: String, expected| cases.push(Case { text, expected });
    for (position, form) in texts("tokens").iter().enumerate() {
        for turn in [position, position + 2] {
            add(around[turn % around.len()](&drawn(form, &mut random)), Some(Rule::Secret));
        }
    }
    let rules = [
        Rule::Secret,
        Rule::Email,
        Rule::HomePath,
        Rule::PrivateAddress,
        Rule::MacAddress,
        Rule::CardNumber,
        Rule::Iban,
        Rule::ObjectDump,
    ];
    let of_rules = rules.into_iter().map(|rule| (rule.name(), Some(rule)));
    for (name, expected) in of_rules.chain([("none", None)]) {
        texts(name).iter().for_each(|text| add(drawn(&text.replace('~', ""), &mut random), expected));
    }
    cases
}

/// A text with letters and digits drawn for its `{n36}`.
fn drawn(form: &str, random: &mut fastrand::Rng) -> String {
    let mut text = String::new();
    let mut rest = form;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let end = after.find('}').unwrap_or_default();
        let kind = after.chars().next().unwrap_or_default();
        match after.get(1..end).and_then(|length| length.parse().ok()).filter(|_| "nxuld".contains(kind)) {
            Some(length) => {
                text.extend(characters(kind, length, random));
                rest = &after[end + 1..];
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text + rest
}

fn characters(kind: char, length: usize, random: &mut fastrand::Rng) -> Vec<char> {
    let letters: &[u8] = match kind {
        'x' => b"0123456789abcdef",
        'u' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        'l' => b"abcdefghijklmnopqrstuvwxyz0123456789",
        'd' => b"123456789",
        _ => b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    };
    let mut drawn: Vec<char> = (0..length).map(|_| char::from(letters[random.usize(..letters.len())])).collect();
    // Long runs of a service have a digit: what has none is told from words by nothing.
    if length > 7 {
        drawn[3] = '7';
    }
    drawn
}

/// The rules that a text breaks as the value of a plain attribute.
fn found(text: &str) -> BTreeSet<Rule> {
    let mut audit = Audit::new(&CATALOGUE);
    audit.begin("text", Granted::Default);
    let payload = json!({
        "kind": "span", "name": "Done", "startTimeUnixNano": "1", "endTimeUnixNano": "2", "attributes": {"what": text},
    });
    audit.add_payload(&Payload::from(payload));
    // JSON around a text is a printed object, as it should be.
    let is_around = |rule: &Rule| *rule == Rule::ObjectDump && text.starts_with("{\"");
    audit.report().findings.iter().map(|finding| finding.rule).filter(|rule| !is_around(rule)).collect()
}

#[test]
fn precision_and_recall() {
    let corpus = corpus();
    let (mut right, mut missed, mut false_alarms) = (0_u32, Vec::new(), Vec::new());
    for Case { text, expected } in &corpus {
        let found = found(text);
        match expected {
            Some(rule) if found.contains(rule) => right += 1,
            Some(rule) => missed.push(format!("{rule}: {text}")),
            None => {}
        }
        // A long hexadecimal text where no identifier is declared is worth a look.
        let surplus = found.iter().filter(|rule| Some(**rule) != *expected && !is_hash(text));
        false_alarms.extend(surplus.map(|rule| format!("{rule}: {text}")));
    }
    let recall = f64::from(right) / (f64::from(right) + missed.len() as f64);
    let precision = f64::from(right) / (f64::from(right) + false_alarms.len() as f64);
    println!("{} texts: precision {precision:.3}, recall {recall:.3}", corpus.len());
    println!("missed:\n  {}\nfalse alarms:\n  {}", missed.join("\n  "), false_alarms.join("\n  "));
    assert!(corpus.len() >= 300, "{}", corpus.len());
    assert!(recall >= 0.95, "recall {recall:.3}: {missed:#?}");
    assert!(precision >= 0.95, "precision {precision:.3}: {false_alarms:#?}");
}

fn is_hash(text: &str) -> bool {
    text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Every secret of a text is named, the kinds one by one.
#[test]
fn every_secret_of_a_text() {
    let mut random = fastrand::Rng::with_seed(7);
    let text =
        ["ghp_{n36}", "glpat-{n20}", "ghp_{n36}", "dapi{x32}"].map(|form| drawn(form, &mut random)).join(" and ");
    let mut audit = Audit::new(&CATALOGUE);
    audit.begin("text", Granted::Default);
    audit.add_payload(&Payload::from(json!({"kind": "span", "name": "Done", "attributes": {"what": text}})));
    let report = audit.report();
    let said: Vec<_> = report.findings.iter().map(|finding| format!("{} {}", finding.count, finding.message)).collect();
    assert_eq!(said, ["2 holds a GitHub token", "1 holds a GitLab token", "1 holds a Databricks token"]);
}

/// Headers are known by their names, whatever their value looks like.
#[test]
fn headers_by_their_name() {
    let rules = |key: &str, value: serde_json::Value| -> BTreeSet<Rule> {
        let mut audit = Audit::new(&CATALOGUE);
        audit.begin("text", Granted::Default);
        audit.add_payload(&Payload::from(json!({"kind": "span", "name": "Done", "attributes": {key: value}})));
        audit.report().findings.iter().map(|finding| finding.rule).collect()
    };
    for key in [
        "authorization",
        "Cookie",
        "set-cookie",
        "x-api-key",
        "http.request.header.authorization",
        "http.request.header.x-api-key",
        "http.response.header.set-cookie",
        "http.request.header.x_goog_api_key",
        "proxy-authorization",
        "rpc.grpc.request.metadata.authorization",
    ] {
        assert!(rules(key, json!("opaque word")).contains(&Rule::Secret), "{key}");
        assert!(rules(key, json!(["opaque"])).contains(&Rule::Secret), "{key} in a list");
        assert!(!rules(key, json!("Bearer [redacted]")).contains(&Rule::Secret), "{key} redacted");
    }
    for key in ["http.request.header.user-agent", "http.request.header.content-type", "cookie.count", "authorized"] {
        assert!(!rules(key, json!("opaque")).contains(&Rule::Secret), "{key}");
    }
}
