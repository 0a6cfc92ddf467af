//! Lines: the verdict is the validator's, and what is sifted is what may be kept, once and for all.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use candor_schema::{Catalogue, Consent, load};
use candor_validate::{Allow, Item, Lines, Request, Sifted, Signals, Stopped, Validator, read};
use serde_json::{Value, json};

static CREWAI: LazyLock<Catalogue> = LazyLock::new(|| catalogue("../schema/crewai"));
static CHANNELS: LazyLock<Catalogue> = LazyLock::new(|| catalogue("../tests/fixtures/channels.yaml"));
static DEMO: LazyLock<Catalogue> = LazyLock::new(|| catalogue("../tests/fixtures/demo.yaml"));
static PROCESS: LazyLock<Catalogue> = LazyLock::new(|| catalogue("../tests/fixtures/process-bodies.yaml"));
static RESOURCE: LazyLock<Catalogue> = LazyLock::new(|| catalogue("../tests/fixtures/resource.yaml"));

fn catalogue(path: &str) -> Catalogue {
    load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).catalogue.expect("no findings")
}

/// Sifts a line: what is kept, and the counts of what was not kept.
fn sift(catalogue: &Catalogue, consent: Consent, line: &str) -> (Sifted, String, Vec<String>) {
    let (mut kept, mut stopped) = (Vec::new(), Stopped::default());
    let sifted = Lines::new(catalogue, consent).sift(line.as_bytes(), &mut kept, &mut stopped);
    let counts = stopped.iter().map(|(key, why, count)| format!("{count} {} {key}", why.name())).collect();
    (sifted, String::from_utf8(kept).expect("UTF-8"), counts)
}

/// A line, and what is kept of it. Sifting that again must change nothing.
#[track_caller]
fn check(catalogue: &Catalogue, consent: Consent, line: &Value, expected: &str, counts: &[&str]) {
    let (_, kept, counted) = sift(catalogue, consent, &line.to_string());
    assert_eq!(kept, expected);
    assert_eq!(counted, counts);
    assert_eq!(sift(catalogue, consent, &kept).1, kept);
}

fn used(attributes: Value) -> Value {
    json!({"kind": "span", "name": "Used", "startTimeUnixNano": "1", "endTimeUnixNano": "2", "attributes": attributes})
}

const HEAD: &str = r#""kind":"span","name":"Used","startTimeUnixNano":"1","endTimeUnixNano":"2""#;

#[test]
fn a_withdrawn_permission_takes_its_values_with_it() {
    let line = used(json!({"runs": 1, "note": "CANARY"}));
    let expected = format!(r#"{{{HEAD},"attributes":{{"runs":1}}}}"#);
    check(&CHANNELS, Consent::Default, &line, &expected, &["1 consent Used `note`"]);
    assert_eq!(sift(&CHANNELS, Consent::OptedIn, &line.to_string()).0, Sifted::Kept);
    assert_eq!(sift(&CHANNELS, Consent::Off, &line.to_string()).0, Sifted::Stopped);
}

#[test]
fn a_marker_keeps_the_names_that_are_still_needed() {
    let line =
        |attributes: &str, marker: &str| format!(r#"{{{HEAD},"attributes":{{{attributes}}},"channels":"{marker}"}}"#);
    let given = r#""runs":1,"note":"n","where":"w","dump":5"#;
    let (_, kept, counts) = sift(&CHANNELS, Consent::OptedIn, &line(given, "crash_reports,opt_in"));
    assert_eq!(kept, line(r#""runs":1,"note":"n""#, "opt_in"));
    assert_eq!(counts, ["1 consent Used `dump`", "1 consent Used `where`"]);
    // Nothing is kept that the marker does not claim, whatever was granted.
    let given = r#""runs":1,"note":"n","where":"w","unlisted":1"#;
    let (_, kept, counts) = sift(&CHANNELS, Consent::from_bits(u32::MAX), &line(given, "opt_in"));
    let expected =
        line(r#""runs":1,"note":"n""#, "opt_in").replace(",\"channels", ",\"droppedAttributesCount\":1,\"channels");
    assert_eq!(kept, expected);
    assert_eq!(counts, ["1 unknown Used `unlisted`", "1 consent Used `where`"]);
}

#[test]
fn what_the_form_does_not_have_goes() {
    let mut line = used(json!({"runs": 1}));
    line["events"] = json!([{"name": "CANARY"}]);
    line["status"] = json!({"code": 2, "message": "CANARY"});
    line["traceId"] = json!("CANARY");
    line["startTimeUnixNano"] = json!("yesterday");
    let expected = r#"{"kind":"span","name":"Used","startTimeUnixNano":"0","endTimeUnixNano":"2","status":{"code":2},"attributes":{"runs":1}}"#;
    let counts = [
        "1 unknown Used member `events`",
        "1 value Used member startTimeUnixNano",
        "1 value Used member traceId",
        "1 unknown Used status member `message`",
    ];
    check(&CHANNELS, Consent::Default, &line, expected, &counts);
}

#[test]
fn what_is_missing_is_counted_and_what_is_no_payload_goes() {
    let expected = format!(r#"{{{HEAD},"attributes":{{}},"droppedAttributesCount":1}}"#);
    check(&CHANNELS, Consent::Default, &used(json!({})), &expected, &["1 missing Used `runs`"]);
    for (line, sifted) in [
        ("", Sifted::Blank),
        (" \t", Sifted::Blank),
        ("{", Sifted::Unreadable),
        ("[]", Sifted::Unreadable),
        (r#"{"resourceSpans":[]}"#, Sifted::Unreadable),
        (r#"{"kind":"span","name":"Unheard"}"#, Sifted::Stopped),
        (r#"{"kind":"metric","name":"Used"}"#, Sifted::Stopped),
    ] {
        assert_eq!(sift(&CHANNELS, Consent::Default, line).0, sifted, "{line}");
    }
}

#[test]
fn the_last_of_equal_keys_counts() {
    let line = format!(r#"{{{HEAD},"attributes":{{"runs":1,"runs":"CANARY","runs":3}}}}"#);
    let (_, kept, counts) = sift(&CHANNELS, Consent::Default, &line);
    assert_eq!(kept, format!(r#"{{{HEAD},"attributes":{{"runs":3}},"droppedAttributesCount":2}}"#));
    assert_eq!(counts, ["2 duplicate Used `runs`"]);
}

/// Captured requests of several versions of CrewAI.
fn captures() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut files: Vec<_> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|path| path.to_string_lossy().ends_with(".otlp.json"));
    files.sort();
    assert!(files.len() > 3);
    files.into_iter().map(|path| (path.display().to_string(), fs::read(path).expect("a capture"))).collect()
}

fn payloads(catalogue: &Catalogue, bytes: &[u8]) -> Vec<Value> {
    let items = read(catalogue, bytes).unwrap_or_default().into_iter();
    items.filter_map(|item| if let Item::Payload(payload) = item { Some(payload.value) } else { None }).collect()
}

#[test]
fn sifting_payloads_keeps_what_the_gate_forwards_of_their_request() {
    let mut seen = 0;
    for (file, bytes) in captures() {
        let Ok(request) = Request::from_json(Signals::Traces, &bytes) else { continue };
        let passed = Allow::new(&CREWAI, Consent::Default).pass(&request, &mut Stopped::default());
        let forwarded = if passed.body.is_empty() { Vec::new() } else { payloads(&CREWAI, &passed.body) };
        let kept = |payload: &Value| sift(&CREWAI, Consent::Default, &payload.to_string()).1;
        let kept: Vec<_> = payloads(&CREWAI, &bytes).iter().map(kept).filter(|kept| !kept.is_empty()).collect();
        let kept: Vec<Value> = kept.iter().map(|kept| serde_json::from_str(kept).expect("JSON")).collect();
        assert_eq!(kept, forwarded, "{file}");
        seen += kept.len();
    }
    assert!(seen > 20, "{seen}");
}

/// One change of a value somewhere in a payload.
fn change(value: &mut Value, random: &mut fastrand::Rng) {
    let odd = [
        json!(null),
        json!(-1),
        json!(3.5),
        json!(1e300),
        json!(true),
        json!(""),
        json!("CANARY"),
        json!([]),
        json!({}),
        json!([null, {"a": 1}]),
        json!("x".repeat(5000)),
        json!("opt_in"),
        json!("[{\"role\":1}]"),
    ];
    match value {
        Value::Object(members) if !members.is_empty() && random.u8(..10) > 0 => {
            let keys: Vec<String> = members.keys().cloned().collect();
            let key = &keys[random.usize(..keys.len())];
            match random.u8(..8) {
                0 => drop(members.remove(key)),
                1 => drop(members.insert(format!("{key}_"), odd[random.usize(..odd.len())].clone())),
                2 => drop(members.insert("channels".to_owned(), odd[random.usize(..odd.len())].clone())),
                _ => change(&mut members[key], random),
            }
        }
        Value::Array(items) if !items.is_empty() && random.u8(..10) > 0 => {
            let at = random.usize(..items.len());
            change(&mut items[at], random);
        }
        other => *other = odd[random.usize(..odd.len())].clone(),
    }
}

/// A payload in any state: what is sifted is valid, stays, and is all of a valid one; the verdict is the validator's.
#[track_caller]
fn check_any(catalogue: &Catalogue, consent: Consent, payload: &Value) {
    let (line, lines, validator) =
        (payload.to_string(), Lines::new(catalogue, consent), Validator::new(catalogue, consent));
    let (sifted, kept, _) = sift(catalogue, consent, &line);
    let mut built = Stopped::default();
    let rebuilt = Allow::new(catalogue, consent).pass_payload(line.as_bytes(), &mut built);
    if let Ok(Some(rebuilt)) = rebuilt {
        let text = String::from_utf8(rebuilt).expect("UTF-8");
        assert_eq!(validator.check(text.as_bytes()), [], "{line}\n{text}");
    }
    assert_eq!(sifted == Sifted::Kept, validator.is_valid(line.as_bytes()), "{line}");
    if !kept.is_empty() {
        assert_eq!(sift(catalogue, consent, &kept).1, kept);
    }
    let mut verdict = Vec::new();
    lines.judge(line.as_bytes(), &mut verdict);
    let verdict: Value = serde_json::from_slice(&verdict).expect("JSON");
    let mut rules: Vec<_> = match read(catalogue, line.as_bytes()) {
        Ok(items) => items
            .iter()
            .flat_map(|item| match item {
                Item::Payload(payload) => {
                    validator.check_payload(payload).iter().map(|found| found.rule.name()).collect()
                }
                Item::Unreadable(_) => vec!["unreadable"],
            })
            .collect(),
        Err(_) => vec!["unreadable"],
    };
    let findings = verdict["findings"].as_array().expect("a list");
    assert_eq!(findings.iter().map(|found| found["rule"].as_str().expect("a text")).collect::<Vec<_>>(), rules);
    rules.sort_unstable();
    rules.dedup();
    assert_eq!(verdict["rules"], json!(rules));
    assert_eq!(verdict["valid"], json!(rules.is_empty()));
}

#[test]
fn any_payload_is_brought_to_what_may_be_kept() {
    let mut random = fastrand::Rng::with_seed(7);
    let crewai: Vec<Value> = captures().iter().flat_map(|(_, bytes)| payloads(&CREWAI, bytes)).collect();
    let channels = json!({"runs": 1, "took": 2, "where": "w", "dump": "d", "note": "n", "frame": {"at": 1, "value": "v", "seen": "s"}});
    let crashed =
        json!({"kind": "event", "name": "crashed", "timeUnixNano": "3", "attributes": {"where": "w", "runs": 1}});
    let channels = [used(channels), crashed];
    for number in 0..6000 {
        let (catalogue, payload): (&Catalogue, &Value) = match number % 3 {
            0 => (&CHANNELS, &channels[random.usize(..channels.len())]),
            _ => (&CREWAI, &crewai[random.usize(..crewai.len())]),
        };
        let mut payload = payload.clone();
        (0..random.u8(..4)).for_each(|_| change(&mut payload, &mut random));
        let consent = [Consent::Default, Consent::OptedIn, Consent::from_bits(random.u32(..)).and(Consent::Default)]
            [random.usize(..3)];
        check_any(catalogue, consent, &payload);
    }
}

#[test]
fn no_marker_speaks_of_the_process() {
    let attributes = json!({"runs": 1, "note": "n"});
    let process = json!({"os.type": "linux", "host.name": "babbage"});
    let given = |marker: &str| {
        json!({"kind": "event", "name": "Used", "timeUnixNano": "1", "attributes": attributes, "resource": process,
            "channels": marker})
    };
    let pass = |allow: Allow<'_>, given: Value| -> Value {
        let kept = allow.pass_payload(given.to_string().as_bytes(), &mut Stopped::default()).expect("a payload");
        serde_json::from_slice(&kept.expect("a part of it")).expect("JSON")
    };
    let opted_in = || Allow::new(&PROCESS, Consent::OptedIn);
    let kept = pass(opted_in(), given("crash_reports"));
    assert_eq!(kept["attributes"], json!({"runs": 1}), "the marker does not claim the note");
    assert_eq!(kept["resource"], process);
    assert_eq!(kept.get("channels"), None, "what is kept of the signal is collected by default");
    assert_eq!(pass(opted_in(), given("opt_in"))["channels"], "opt_in");

    let kept = pass(Allow::marked(&PROCESS), given("opt_in"));
    assert_eq!((&kept["attributes"], &kept["resource"]), (&attributes, &json!({"os.type": "linux"})));
    let mut unmarked = given("");
    unmarked.as_object_mut().expect("an object").remove("channels");
    let kept = pass(Allow::marked(&PROCESS), unmarked);
    assert_eq!((&kept["attributes"], &kept["resource"]), (&json!({"runs": 1}), &json!({"os.type": "linux"})));
}

#[test]
fn attributes_of_the_process_and_bodies_are_sifted_too() {
    for catalogue in [&*RESOURCE, &*DEMO] {
        for signal in catalogue.signals() {
            let info = &signal.info;
            let mut payload = json!({
                "kind": info.kind.word(), "name": &*info.name, "timeUnixNano": "1", "startTimeUnixNano": "1",
                "endTimeUnixNano": "2", "attributes": {}, "resource": {"service.name": "other", "host": "CANARY"},
            });
            for value in [json!("CANARY"), json!(7), json!({"CANARY": 1})] {
                payload["body"] = value;
                check_any(catalogue, Consent::OptedIn, &payload);
            }
        }
    }
}

#[test]
fn the_row_is_that_of_the_innermost_attribute() {
    let line = used(json!({"runs": 1, "frame": {"at": 1, "value": "v", "seen": "s"}}));
    let mut verdict = Vec::new();
    Lines::new(&CHANNELS, Consent::Default).judge(line.to_string().as_bytes(), &mut verdict);
    let verdict: Value = serde_json::from_slice(&verdict).expect("JSON");
    assert_eq!(verdict["findings"][0]["attribute"], "frame");
    assert_eq!(verdict["findings"][0]["row"], "Crashes");
}
