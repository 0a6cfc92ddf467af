//! The audit: planted leaks are found, each and nothing else; clean traffic gives nothing.

mod common;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use candor_schema::{Attribute, Catalogue, Collected, Domain, Example, IdentifierWord, Object, SignalKind};
use candor_validate::audit::{Audit, Finding, Granted, Harm, Report, Rule};
use candor_validate::{Payload, read};
use common::crewai;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(crewai);

/// Every signal that a level allows, with every attribute, from the catalogue's own examples. Each round has ids of its
/// own.
fn clean(catalogue: &Catalogue, granted: Granted, round: u32) -> Vec<Value> {
    let clean = Clean { catalogue, granted, round };
    let signals = catalogue.signals().iter().filter(|signal| granted.allows(signal.collected));
    let payload = |signal: &candor_schema::Signal| {
        let own = signal.attributes.iter().map(|own| catalogue.attribute(own.attribute));
        let attributes = clean.members(own.map(|attribute| (&*attribute.name, attribute)));
        match signal.kind {
            SignalKind::Span => json!({
                "kind": "span", "name": signal.name, "startTimeUnixNano": "1", "endTimeUnixNano": "2",
                "traceId": "212a42dbb825fddc6d5bf0ce2b768a4a", "spanId": "5ce6324982f2300d", "status": {"code": 1},
                "attributes": attributes,
            }),
            SignalKind::Event => {
                json!({"kind": "event", "name": signal.name, "timeUnixNano": "1", "attributes": attributes})
            }
            SignalKind::Metric => unreachable!("CrewAI has no metrics"),
        }
    };
    signals.map(payload).collect()
}

struct Clean<'c> {
    catalogue: &'c Catalogue,
    granted: Granted,
    round: u32,
}

impl<'c> Clean<'c> {
    fn members(&self, named: impl Iterator<Item = (&'c str, &'c Attribute)>) -> Value {
        let allowed = named.filter(|(_, attribute)| self.granted.allows(attribute.collected));
        Value::Object(allowed.map(|(name, attribute)| (name.to_owned(), self.value(attribute))).collect::<Map<_, _>>())
    }

    fn value(&self, attribute: &Attribute) -> Value {
        let word = attribute.identifier.as_ref().and_then(|identifier| identifier.word);
        match (attribute.examples.first(), word) {
            (Some(Example::Text(text)), Some(IdentifierWord::Random)) => Value::from(self.identifier(text)),
            (Some(example), _) => of_example(example),
            (None, _) => self.of_type(&attribute.domain, &attribute.id),
        }
    }

    fn of_type(&self, domain: &Domain, id: &str) -> Value {
        match domain {
            Domain::List { item, .. } => json!([self.of_type(item, id)]),
            Domain::Object(object) => self.object(self.catalogue.object_of(object).expect("an object")),
            Domain::String { pattern: None, .. } => Value::from(format!("some words for {id}")),
            Domain::String { .. } => Value::from(""),
            other => panic!("{id} needs an example: {other:?}"),
        }
    }

    fn object(&self, object: &Object) -> Value {
        let fields = object.fields.iter();
        self.members(fields.map(|field| (field.name.as_str(), self.catalogue.attribute(field.attribute))))
    }

    /// An example with other hexadecimal digits, and a UUID's version as it was.
    fn identifier(&self, example: &str) -> String {
        let other = |(at, character): (usize, char)| match character.to_digit(16) {
            Some(digit) if !matches!(at, 14 | 19) => char::from_digit((digit + self.round) % 16, 16),
            _ => Some(character),
        };
        example.chars().enumerate().filter_map(other).collect()
    }
}

fn of_example(example: &Example) -> Value {
    match example {
        Example::Boolean(value) => json!(value),
        Example::Int(value) => json!(value),
        Example::Double(value) => json!(value),
        Example::Text(value) => json!(value),
        Example::List(items) => items.iter().map(of_example).collect(),
    }
}

fn audit(granted: Granted, payloads: impl IntoIterator<Item = Value>) -> Report {
    let catalogue = &*CATALOGUE;
    let mut audit = Audit::new(catalogue);
    audit.begin("capture", granted);
    for value in payloads {
        audit.add_payload(&Payload::from(value));
    }
    audit.report()
}

fn in_short(findings: &[Finding]) -> BTreeSet<(Rule, Harm, &str)> {
    findings.iter().map(|finding| (finding.rule, finding.harm, finding.pointer.as_str())).collect()
}

#[test]
fn clean_traffic_gives_nothing() {
    let catalogue = &*CATALOGUE;
    for granted in [Granted::Default, Granted::OptedIn] {
        let report = audit(granted, (0..3).flat_map(|round| clean(catalogue, granted, round)));
        assert_eq!(report.findings, []);
        assert!(report.is_clean() && report.limits.is_empty() && report.never_sent.is_empty());
        for row in &report.coverage {
            let is_granted = granted == Granted::OptedIn || row.collected == "default";
            assert_eq!(row.granted, is_granted, "{}", row.row);
            assert_eq!(row.never_seen.is_empty(), is_granted, "{}: {:?}", row.row, row.never_seen);
        }
    }
}

#[test]
fn clean_traffic_of_another_program() {
    let catalogue = common::catalogue();
    let mut audit = Audit::new(&catalogue);
    audit.begin("capture", Granted::Default);
    for (name, attributes) in
        [("Started", json!({"runs": 3, "flag": false, "mode": "fast"})), ("Ended", json!({"runs": 0}))]
    {
        let value = json!({
            "kind": "span", "name": name, "startTimeUnixNano": "1", "endTimeUnixNano": "2", "attributes": attributes,
        });
        audit.add_payload(&value.into());
    }
    assert_eq!(audit.report().findings, []);
    assert_eq!(audit.report().never_sent, ["Opened"]);
}

/// Plants a value in clean traffic, where `signal` and `pointer` say, and expects these findings and no others.
#[track_caller]
fn check(granted: Granted, signal: &str, pointer: &str, value: Value, expected: &[(Rule, Harm, &str)]) {
    let catalogue = &*CATALOGUE;
    let mut payloads = clean(catalogue, granted, 0);
    let payload = payloads.iter_mut().find(|payload| payload["name"] == signal).expect("the signal");
    plant(payload, pointer, value);
    let report = audit(granted, payloads);
    assert_eq!(in_short(&report.findings), expected.iter().copied().collect(), "{pointer}");
}

fn plant(payload: &mut Value, pointer: &str, value: Value) {
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
    let parent = payload.pointer_mut(parent).expect("the place");
    match parent {
        Value::Array(items) => items.push(value),
        parent => parent[key] = value,
    }
}

/// One finding of the rule's own harm.
#[track_caller]
fn check_one(granted: Granted, signal: &str, pointer: &str, value: Value, rule: Rule, found: &str) {
    check(granted, signal, pointer, value, &[(rule, rule.harm(), found)]);
}

/// A token, put together so that no scanner of secrets minds this file.
fn token() -> String {
    format!("ghp_{}", "aB3dE5gH7j".repeat(4))
}

const DEFAULT: Granted = Granted::Default;
const OPTED_IN: Granted = Granted::OptedIn;

#[test]
fn what_is_in_no_row() {
    for granted in [DEFAULT, OPTED_IN] {
        let one = |pointer, value, rule, found| check_one(granted, "Crew Created", pointer, value, rule, found);
        one("/attributes/machine", json!("babbage"), Rule::UnknownAttribute, "/attributes/machine");
        one("/attributes/nothing", Value::Null, Rule::UnknownAttribute, "/attributes/nothing");
        one("/attributes/crew_agents/0/age", json!(7), Rule::UnknownField, "/attributes/crew_agents/*/age");
        one("/attributes/attempts", json!(1), Rule::MisplacedAttribute, "/attributes/attempts");
        one("/resource", json!({"host.arch": "arm64"}), Rule::UnknownContext, "/resource/host.arch");
        one("/resource", json!({"service.name": "other"}), Rule::UnknownContext, "/resource/service.name");
        one("/scope", json!({"build": "b"}), Rule::UnknownContext, "/scope/build");
        one("/status/message", json!("it failed"), Rule::UnknownPart, "/status/message");
        one("/traceState", json!("a=b"), Rule::UnknownPart, "/traceState");
        one("/body", json!("text"), Rule::UnknownPart, "/body");
        one("/traceId", json!("Meyer"), Rule::UnknownPart, "/traceId");
        one("/links", json!([{"traceId": "a"}]), Rule::UnknownPart, "/links/*");
        one("/events", json!([{"name": "exception"}]), Rule::UnknownPart, "/events/exception");
    }
    check(
        DEFAULT,
        "Tool Usage",
        "/events",
        json!([{"name": "exception", "attributes": {"exception.message": "no file"}}]),
        &[
            (Rule::UnknownPart, Harm::Uncatalogued, "/events/exception"),
            (Rule::UnknownAttribute, Harm::Uncatalogued, "/events/exception/attributes/exception.message"),
        ],
    );
}

#[test]
fn an_unknown_signal_and_what_it_carries() {
    let payload = json!({
        "kind": "span", "name": "Crew Deleted", "startTimeUnixNano": "1", "endTimeUnixNano": "2",
        "attributes": {"crewai_version": "1.2.3", "tool_name": "x", "why": "bored", "crew_inputs": "{}"},
    });
    let report = audit(DEFAULT, [payload]);
    let expected = [
        (Rule::UnknownSignal, Harm::Uncatalogued, ""),
        (Rule::UnknownAttribute, Harm::Uncatalogued, "/attributes/why"),
        (Rule::MisplacedAttribute, Harm::Uncatalogued, "/attributes/tool_name"),
        (Rule::MisplacedAttribute, Harm::Uncatalogued, "/attributes/crew_inputs"),
    ];
    assert_eq!(in_short(&report.findings), BTreeSet::from(expected));
    assert_eq!(report.findings[0].subject, "the span `Crew Deleted`");
}

#[test]
fn what_is_sent_without_consent() {
    let inputs = json!("{\"topic\": \"llamas\"}");
    check_one(
        DEFAULT,
        "Crew Created",
        "/attributes/crew_inputs",
        inputs.clone(),
        Rule::NotAllowed,
        "/attributes/crew_inputs",
    );
    // What no page lists there is in no row; that another signal needs a consent for it says nothing here.
    let pointer = "/attributes/crew_inputs";
    check_one(DEFAULT, "Tool Usage", pointer, inputs, Rule::MisplacedAttribute, pointer);
    let goal = json!("Find out");
    let found = "/attributes/crew_agents/*/goal";
    check_one(DEFAULT, "Crew Created", "/attributes/crew_agents/0/goal", goal, Rule::NotAllowed, found);
    check_one(DEFAULT, "Crew Created", "/attributes/cpus", json!(8), Rule::NotAllowed, "/attributes/cpus");

    let catalogue = &*CATALOGUE;
    let all = clean(catalogue, OPTED_IN, 0);
    let execution: Vec<Value> = all.into_iter().filter(|payload| payload["name"] == "Crew Execution").collect();
    let report = audit(DEFAULT, execution);
    assert!(report.findings.iter().any(|finding| finding.subject == "the span `Crew Execution`"));
    assert!(report.findings.iter().all(|finding| finding.rule == Rule::NotAllowed), "{:#?}", report.findings);
}

#[test]
fn off_is_off() {
    let report = audit(Granted::Off, clean(&CATALOGUE, DEFAULT, 0));
    assert_eq!(in_short(&report.findings), BTreeSet::from([(Rule::SentWhileOff, Harm::Consent, "")]));
    assert_eq!(report.findings[0].count, report.signals());
    assert!(report.coverage.iter().all(|row| !row.granted));
}

#[test]
fn secrets_anywhere() {
    let secret =
        |granted, signal, pointer, value, found| check_one(granted, signal, pointer, value, Rule::Secret, found);
    let role = json!(format!("Researcher with {}", token()));
    secret(DEFAULT, "Task Created", "/attributes/agent_role", role, "/attributes/agent_role");
    let inputs = json!(format!("{{\"deep\": [{{\"note\": \"{}\"}}]}}", token()));
    secret(OPTED_IN, "Crew Created", "/attributes/crew_inputs", inputs, "/attributes/crew_inputs");
    let inputs = json!("{\"db\": {\"password\": \"hunter2!\"}}");
    secret(OPTED_IN, "Crew Created", "/attributes/crew_inputs", inputs, "/attributes/crew_inputs");
    let tools = "/attributes/crew_agents/*/tools_names/*";
    secret(DEFAULT, "Crew Created", "/attributes/crew_agents/0/tools_names/-", json!(token()), tools);
    check(
        DEFAULT,
        "Tool Usage",
        "/attributes/debug",
        json!({"deep": [token(), "alice@example.com"]}),
        &[
            (Rule::Secret, Harm::Secret, "/attributes/debug"),
            (Rule::Email, Harm::Personal, "/attributes/debug"),
            (Rule::UnknownAttribute, Harm::Uncatalogued, "/attributes/debug"),
        ],
    );
}

#[test]
fn personal_data() {
    let role = "/attributes/agent_role";
    // The page says of a role that it may be personal.
    let disclosed = |value, rule| check(DEFAULT, "Task Created", role, value, &[(rule, Harm::Disclosed, role)]);
    disclosed(json!("Assistant of alice@example.com"), Rule::Email);
    disclosed(json!("Admin of 192.168.0.17"), Rule::PrivateAddress);
    disclosed(json!("Clerk of DE89 3704 0044 0532 0130 00"), Rule::Iban);
    disclosed(json!("Clerk of 4111 1111 1111 1111"), Rule::CardNumber);
    disclosed(json!("Keeper of 02:1a:2b:3c:4d:5e"), Rule::MacAddress);
    let llm = format!("/{}/alice/llama.gguf", "home");
    check_one(DEFAULT, "Tool Usage", "/attributes/llm", json!(llm), Rule::HomePath, "/attributes/llm");
    let extra = "/attributes/extra";
    let unlisted = (Rule::UnknownAttribute, Harm::Uncatalogued, extra);
    check(DEFAULT, "Tool Usage", extra, json!("a@example.com"), &[(Rule::Email, Harm::Personal, extra), unlisted]);
    check_one(DEFAULT, "Task Created", role, json!("Agent(name='x', llm=None)"), Rule::ObjectDump, role);
    check_one(DEFAULT, "Task Created", role, json!("{\"name\": \"x\"}"), Rule::ObjectDump, role);
}

/// The page says so, and the user allowed it: worth knowing, and no breach.
#[test]
fn personal_data_that_is_disclosed() {
    let inputs = "/attributes/crew_inputs";
    let value = json!("{\"to\": \"alice@example.com\"}");
    check(OPTED_IN, "Crew Created", inputs, value.clone(), &[(Rule::Email, Harm::Disclosed, inputs)]);
    let found = [(Rule::NotAllowed, Harm::Consent, inputs), (Rule::Email, Harm::Personal, inputs)];
    check(DEFAULT, "Crew Created", inputs, value, &found);
    check(OPTED_IN, "Crew Created", inputs, json!("Call Foo(bar=1) and print <x at 0x7fff0000>"), &[]);
}

#[test]
fn texts_of_the_opt_in_in_other_attributes() {
    let goal = CATALOGUE.attribute_named("agent_goal").expect("the goal").examples[0].clone();
    let Example::Text(goal) = goal else { panic!("a text") };
    let role = "/attributes/agent_role";
    check_one(OPTED_IN, "Task Created", role, json!(goal), Rule::CopiedText, role);
    check_one(OPTED_IN, "Tool Usage", role, json!(format!("Who will: {goal}!")), Rule::CopiedText, role);
    // The SHA-256 of it.
    let hash = json!("f71621ec01e32f15bb1e28ee9ac38c160713ca8d713d176f1724b6a2798d21eb");
    check_one(OPTED_IN, "Task Created", role, hash, Rule::HashedText, role);
}

#[test]
fn types_and_domains() {
    for (signal, name, value, rule) in [
        ("Crew Created", "crew_memory", json!("false"), Rule::WrongType),
        ("Crew Created", "crew_number_of_tasks", json!("3"), Rule::WrongType),
        ("Crew Created", "crew_number_of_tasks", json!(2.5), Rule::WrongType),
        ("Crew Created", "crew_agents", json!("[{\"role\": "), Rule::WrongType),
        ("Crew Created", "crew_agents", json!({"role": "x"}), Rule::WrongType),
        ("Crew Created", "crew_id", json!(7), Rule::WrongType),
        ("Tool Usage", "attempts", json!(true), Rule::WrongType),
        ("Tool Usage", "temperature", json!("0.7"), Rule::WrongType),
        ("Crew Created", "crew_process", json!("chaotic"), Rule::NotInEnum),
        ("Crew Created", "crewai_version", json!("my version"), Rule::Pattern),
        ("Tool Usage", "llm", json!("gpt 4o"), Rule::Pattern),
        ("Tool Usage", "tool_name", json!("ä".repeat(257)), Rule::TooLong),
        ("Tool Usage", "attempts", json!(-1), Rule::OutOfRange),
        ("Tool Usage", "attempts", json!(u64::MAX), Rule::OutOfRange),
        ("Crew Individual Test Result", "quality", json!(10.5), Rule::OutOfRange),
        ("Start Deployment", "uuid", json!("f4e754cf-bed7-5e09-9b1c-1f0f7f3c5d11"), Rule::NotRandom),
    ] {
        let pointer = format!("/attributes/{name}");
        check_one(DEFAULT, signal, &pointer, value, rule, &pointer);
    }
    for (name, value) in [
        ("attempts", json!(3.0)),
        ("attempts", json!(0)),
        ("temperature", json!(1)),
        ("tool_name", json!("ä".repeat(256))),
        ("tool_name", json!("")),
        ("tool_name", json!("search.web@v2")),
        ("llm", json!("vertex_ai/claude-3-5-sonnet@20240620")),
        ("model", json!("anthropic.claude-3-5-sonnet-20240620-v1:0")),
    ] {
        check(DEFAULT, "Tool Usage", &format!("/attributes/{name}"), value, &[]);
    }
}

#[test]
fn identifiers_that_are_not_random() {
    let rounds = [0, 1].map(|round| {
        let mut payloads = clean(&CATALOGUE, DEFAULT, round);
        payloads.retain(|payload| payload["name"] == "Task Created");
        payloads[0]["attributes"]["crew_key"] = json!("ffac19590ce26aa74080def0fbaf333f");
        payloads.remove(0)
    });
    let report = audit(DEFAULT, rounds);
    let expected = BTreeSet::from([(Rule::NotRandom, Harm::Untrue, "/attributes/crew_key")]);
    assert_eq!(in_short(&report.findings), expected);
    assert!(report.findings[0].message.ends_with("stays the same while `crew_id` beside it changes"));
}

#[test]
fn closed_domains_and_names_with_many_values() {
    let process = |number: u32| {
        let mut payloads = clean(&CATALOGUE, DEFAULT, 0);
        payloads.retain(|payload| payload["name"] == "Crew Created");
        payloads[0]["attributes"]["crew_process"] = json!(format!("process of customer {number}"));
        payloads.remove(0)
    };
    let found = audit(DEFAULT, (0..20).map(process)).findings;
    let expected = [Rule::NotInEnum, Rule::ManyValues].map(|rule| (rule, Harm::Untrue, "/attributes/crew_process"));
    assert_eq!(in_short(&found), BTreeSet::from(expected));

    let request = |number: u32| json!({"kind": "span", "name": format!("GET /users/{number}"), "attributes": {}});
    let found = audit(DEFAULT, (0..1000).map(request)).findings;
    assert!(found.len() < 20 && found.iter().any(|finding| finding.subject == "the span `GET /users/*`"), "{found:#?}");
}

#[test]
fn what_is_there_twice_and_what_cannot_be_read() {
    let catalogue = &*CATALOGUE;
    let mut audit = Audit::new(catalogue);
    let lines = r#"{"kind":"span","name":"Get Crew Logs","startTimeUnixNano":"1","endTimeUnixNano":"2","attributes":{"crewai_version":"1.2.3","crewai_version":"2"}}
nonsense"#;
    for item in read(catalogue, lines.as_bytes()).expect("lines") {
        audit.add(&item);
    }
    let report = audit.report();
    let expected =
        [(Rule::DuplicateKey, Harm::Unclear, "/attributes/crewai_version"), (Rule::Unreadable, Harm::Unclear, "")];
    assert_eq!(in_short(&report.findings), BTreeSet::from(expected));
    assert_eq!(report.findings[1].first.to_string(), ": line 2");
}

#[test]
fn new_findings_come_once() {
    let catalogue = &*CATALOGUE;
    let mut audit = Audit::new(catalogue);
    let payload = Payload::from(json!({"kind": "span", "name": "Other", "attributes": {}}));
    audit.add_payload(&payload);
    assert_eq!(audit.new_findings().len(), 1);
    audit.add_payload(&payload);
    assert_eq!(audit.new_findings(), []);
    assert_eq!(audit.report().findings[0].count, 2);
}

#[test]
fn no_value_is_in_the_report() {
    let secret = "Meyer-4711";
    let mut payload = json!({
        "kind": "span", "name": "Tool Usage", "attributes": {"attempts": secret, "note": [secret], "llm": format!("x {secret}")},
        "status": {"code": 2, "message": secret}, "resource": {"host": secret},
        "events": [{"name": "e", "attributes": {"k": secret}}],
    });
    payload["attributes"]["alice@example.com"] = json!(1);
    let report = serde_json::to_string(&audit(DEFAULT, [payload])).expect("plain data");
    assert!(!report.contains("4711") && !report.contains("alice"), "{report}");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        "[\\[{][\\PC\"]{0,20}[\\]}]".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        let key =
            prop_oneof!["[a-z_]{1,12}", "\\PC{0,8}", Just("crew_agents".to_owned()), Just("attributes".to_owned())];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key, inner), 0..4).prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Plants a value at any place of a signal: it is noticed, or the catalogue allows it there; nothing panics.
    #[test]
    fn anything_is_survived(value in any_json(), place in 0..6_usize) {
        let places = ["/attributes/crew_agents", "/attributes/x", "/resource", "/events", "/status", "/name"];
        let mut payload = clean(&CATALOGUE, OPTED_IN, 0).remove(0);
        plant(&mut payload, places[place], value.clone());
        let report = audit(OPTED_IN, [payload, value]);
        prop_assert!(report.signals() == 2);
    }
}

#[test]
fn the_collected_of_a_row_is_a_word_of_the_format() {
    let report = audit(DEFAULT, []);
    assert!(report.coverage.iter().all(|row| Collected::from_word(&row.collected).is_some()));
    assert_eq!(report.captures[0].signals, 0);
}
