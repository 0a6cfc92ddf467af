//! Verdicts: each rule, where it points, and what it says; and what is fine is fine.

mod common;

use candor_schema::Consent;
use candor_validate::{Payload, Rule, Validator};
use common::{catalogue, fixture, payloads, request};
use serde_json::{Value, json};

fn span(attributes: Value) -> Value {
    let mut span = json!({
        "kind": "span", "name": "Started", "startTimeUnixNano": "1", "endTimeUnixNano": "2", "attributes": attributes,
    });
    if span["attributes"].get("runs").is_none() {
        span["attributes"]["runs"] = json!(1);
    }
    span
}

/// `pointer rule: message` of every violation.
#[track_caller]
fn check_at(level: Consent, payload: impl Into<Payload>, expected: &[&str]) {
    let catalogue = catalogue();
    let validator = Validator::new(&catalogue, level);
    let violations = validator.check_payload(&payload.into());
    let said = violations.iter().map(|said| format!("{} {}: {}", said.pointer, said.rule, said.message));
    assert_eq!(said.collect::<Vec<_>>(), expected);
}

#[track_caller]
fn check(payload: impl Into<Payload>, expected: &[&str]) {
    check_at(Consent::Default, payload, expected);
}

#[track_caller]
fn check_attributes(attributes: Value, expected: &[&str]) {
    check(span(attributes), expected);
}

// What is fine.

#[test]
fn what_the_catalogue_lists_is_fine() {
    check_attributes(
        json!({
            "text": "", "key": "00ff", "flag": false, "runs": 0, "score": 0, "mode": "fast", "tags": ["", "a"],
            "agents": [{"role": "ääääääää"}], "boss": {"role": ""},
        }),
        &[],
    );
    check(json!({"kind": "event", "name": "Opened", "timeUnixNano": "1", "attributes": {}}), &[]);
}

#[test]
fn opt_in_data_is_fine_after_opt_in() {
    check_at(Consent::OptedIn, span(json!({"host": "babbage", "agents": [{"role": "a", "goal": "b"}]})), &[]);
    check_at(Consent::OptedIn, span(json!({"agents": [{"role": "a", "goal": null}]})), &[]);
    let watched =
        json!({"kind": "span", "name": "Watched", "startTimeUnixNano": "1", "endTimeUnixNano": "2", "attributes": {}});
    check_at(Consent::OptedIn, watched, &[]);
}

// Keys.

#[test]
fn opt_in_attribute() {
    check_attributes(
        json!({"host": "babbage"}),
        &["/attributes/host not_allowed: `host` (Machine Information) is collected only after opt-in"],
    );
}

#[test]
fn opt_in_field() {
    check_attributes(
        json!({"agents": [{"role": "a"}, {"role": "a", "goal": "b"}], "boss": {"role": "a", "goal": "b"}}),
        &[
            "/attributes/agents/1/goal not_allowed: \
             `agents[1].goal` (Machine Information) is collected only after opt-in",
            "/attributes/boss/goal not_allowed: `boss.goal` (Machine Information) is collected only after opt-in",
        ],
    );
}

#[test]
fn opt_in_span() {
    check(
        json!({"kind": "span", "name": "Watched", "startTimeUnixNano": "1", "endTimeUnixNano": "2", "attributes": {}}),
        &["/name not_allowed: the span `Watched` (Machine Information) is collected only after opt-in"],
    );
}

#[test]
fn unknown_attributes_one_by_one() {
    check_attributes(
        json!({"secret": 1, "a/b~c": 2}),
        &[
            "/attributes/a~1b~0c unknown_key: `a/b~c` is in no row of the catalogue",
            "/attributes/secret unknown_key: `secret` is in no row of the catalogue",
        ],
    );
}

#[test]
fn unknown_field() {
    check_attributes(
        json!({"agents": [{"role": "a", "fingerprint": "b"}]}),
        &["/attributes/agents/0/fingerprint unknown_key: `agents[0].fingerprint` is in no row of the catalogue"],
    );
}

#[test]
fn attribute_of_another_signal() {
    let mut ended = span(json!({"text": "a"}));
    ended["name"] = json!("Ended");
    check(ended, &["/attributes/text unknown_key: `text` is in the catalogue, but not for the span `Ended`"]);
}

#[test]
fn members_that_the_payload_form_does_not_have() {
    let mut payload = span(json!({}));
    payload["events"] = json!([]);
    payload["status"] = json!({"code": 2, "message": "secret"});
    check(
        payload,
        &[
            "/events unknown_key: `events` is no part of the payload form",
            "/status/message unknown_key: `status.message` is no part of the payload form",
        ],
    );
}

#[test]
fn resource_and_scope_attributes_one_by_one() {
    let mut payload = span(json!({}));
    payload["resource"] = json!({"host.name": "babbage", "service.name": "other"});
    payload["scope"] = json!({"user": "ada"});
    check(
        payload,
        &[
            "/resource/host.name unknown_key: `host.name` of the resource is in no row of the catalogue",
            "/resource/service.name unknown_key: \
             `service.name` of the resource is not the catalogue's service, `demo-telemetry`",
            "/scope/user unknown_key: `user` of the scope is in no row of the catalogue",
        ],
    );
}

#[test]
fn missing_keys() {
    let mut payload = span(json!({"agents": [{}]}));
    payload["attributes"].as_object_mut().expect("attributes").remove("runs");
    payload.as_object_mut().expect("a payload").remove("endTimeUnixNano");
    check(
        payload,
        &[
            "/attributes/agents/0/role missing_key: `agents[0].role` is missing",
            "/attributes/runs missing_key: `runs` is missing",
            "/endTimeUnixNano missing_key: `endTimeUnixNano` is missing",
        ],
    );
    check(json!({"attributes": {}}), &["/kind missing_key: `kind` is missing", "/name missing_key: `name` is missing"]);
}

#[test]
fn duplicate_keys() {
    let payload = Payload {
        duplicates: vec!["/attributes/agents/0/role".to_owned(), "/name".to_owned(), "/name".to_owned()],
        ..span(json!({"agents": [{"role": "a"}]})).into()
    };
    check(
        payload,
        &[
            "/attributes/agents/0/role duplicate_key: `agents[0].role` is there more than once",
            "/name duplicate_key: `name` is there more than once",
        ],
    );
}

// Bytes.

#[track_caller]
fn check_bytes(payload: &[u8], expected: &[&str]) {
    let catalogue = catalogue();
    let violations = Validator::new(&catalogue, Consent::Default).check(payload);
    let said = violations.iter().map(|said| format!("{} {}: {}", said.pointer, said.rule, said.message));
    assert_eq!(said.collect::<Vec<_>>(), expected);
}

#[test]
fn what_is_not_json() {
    check_bytes(b"", &[" not_json: not JSON after 0 bytes"]);
    check_bytes(b"{\"kind\": \"span\"", &[" not_json: not JSON after 15 bytes"]);
    check_bytes(b"{\"kind\": \"\xff\"}", &[" not_json: not JSON after 10 bytes"]);
    check_bytes(b"{\"kind\": \"\\ud800\"}", &[" not_json: not JSON after 10 bytes"]);
    check_bytes(b"{\"kind\": \"span\"} {}", &[" not_json: not JSON after 17 bytes"]);
    check_bytes(b"\xef\xbb\xbf{}", &[" not_json: not JSON after 0 bytes"]);
    check_bytes("[".repeat(100_000).as_bytes(), &[" not_json: not JSON after 128 bytes"]);
}

#[test]
fn duplicate_keys_at_every_level() {
    check_bytes(
        br#"{"kind": "span", "name": "Started", "kind": "event", "startTimeUnixNano": "1", "endTimeUnixNano": "2",
            "attributes": {"runs": 1, "r\u0075ns": "", "agents": [{"role": "a", "role": "b"}], "x": {"a": {}, "a": 1}},
            "status": {"code": 1, "code": 2}, "more": 1, "more": 2, "more": 3}"#,
        &[
            "/attributes/agents/0/role duplicate_key: `agents[0].role` is there more than once",
            "/attributes/runs duplicate_key: `runs` is there more than once",
            "/attributes/x unknown_key: `x` is in no row of the catalogue",
            "/attributes/x/a duplicate_key: `x.a` is there more than once",
            "/kind duplicate_key: `kind` is there more than once",
            "/more unknown_key: `more` is no part of the payload form",
            "/more duplicate_key: `more` is there more than once",
            "/status/code duplicate_key: `status.code` is there more than once",
        ],
    );
}

#[test]
fn messages_of_a_small_text_are_bounded() {
    let members: String = (0..2000).map(|n| format!(r#","k{n}":1,"k{n}":2"#)).collect();
    let payload = format!(r#"{{"kind":"span","name":"Started","{}":{{"x":0{members}}}}}"#, "long".repeat(25_000));
    let catalogue = catalogue();
    let violations = Validator::new(&catalogue, Consent::Default).check(payload.as_bytes());
    assert!(violations.iter().map(|found| found.pointer.len()).sum::<usize>() < 32 << 20);
}

// Signals.

#[test]
fn very_many_violations_are_counted_and_not_explained() {
    let agents = vec![json!({}); 300_000];
    let catalogue = catalogue();
    let validator = Validator::new(&catalogue, Consent::Default);
    let violations = validator.check_payload(&span(json!({ "agents": agents })).into());
    assert_eq!(violations.len(), 10_001);
    let left_out: Vec<_> = violations.iter().filter(|violation| violation.rule == Rule::LeftOut).collect();
    // Each agent lacks its role.
    let message = format!("the payload breaks its rules {} times more than is told here", 300_000 - 10_000);
    assert_eq!(left_out.iter().map(|violation| &violation.message).collect::<Vec<_>>(), [&message]);
}

#[test]
fn unknown_signals() {
    let other = |kind: &str, name: &str| json!({"kind": kind, "name": name, "attributes": {"secret": 1}});
    check(other("span", "Other"), &["/name unknown_signal: `Other` is no span of the catalogue"]);
    check(other("event", "Started"), &["/name unknown_signal: `Started` is no event of the catalogue"]);
    check(other("metric", "Started"), &["/name unknown_signal: `Started` is no metric of the catalogue"]);
    check(other("profile", "Started"), &["/kind unknown_signal: `kind` is none of `span`, `event`, `metric`"]);
    check(other("span", "a\u{1b}[2J"), &["/name unknown_signal: `a\\u{1b}[2J` is no span of the catalogue"]);
}

#[test]
fn what_an_unknown_signal_carries_beside_its_attributes_is_named_too() {
    let other =
        json!({"kind": "span", "name": "Other", "attributes": {}, "resource": {"user": "ada"}, "body": "secret"});
    check(
        other,
        &[
            "/body unknown_key: `body` is no part of the payload form",
            "/name unknown_signal: `Other` is no span of the catalogue",
            "/resource/user unknown_key: `user` of the resource is in no row of the catalogue",
        ],
    );
}

// Values.

#[test]
fn wrong_types() {
    check_attributes(
        json!({"text": 5, "flag": "false", "runs": 1.5, "score": "NaN", "mode": null, "agents": "[]", "boss": [1, 2]}),
        &[
            "/attributes/agents wrong_type: `agents` is a text of 2 characters; expected a list",
            "/attributes/boss wrong_type: `boss` is a list of 2 items; expected an object",
            "/attributes/flag wrong_type: `flag` is a text of 5 characters; expected a boolean",
            "/attributes/mode wrong_type: `mode` is null; expected a text",
            "/attributes/runs wrong_type: `runs` is a number; expected an integer",
            "/attributes/score wrong_type: `score` is a text of 3 characters; expected a number",
            "/attributes/text wrong_type: `text` is an integer; expected a text",
        ],
    );
    check_at(
        Consent::OptedIn,
        span(json!({"boss": {"role": null, "goal": 5}})),
        &[
            "/attributes/boss/goal wrong_type: `boss.goal` is an integer; expected a text or null",
            "/attributes/boss/role wrong_type: `boss.role` is null; expected a text",
        ],
    );
    check(
        json!({"kind": 5, "name": ["a"]}),
        &[
            "/kind unknown_signal: `kind` is none of `span`, `event`, `metric`",
            "/name wrong_type: `name` is a list of 1 item; expected a text",
        ],
    );
    check(json!([]), &[" wrong_type: the payload is a list of 0 items; expected an object"]);
}

#[test]
fn texts_outside_their_domain() {
    check_attributes(
        json!({"text": "ääääääääÄ", "key": "secret", "mode": "Fast", "tags": ["123456789"]}),
        &[
            "/attributes/key pattern: `key` is a text of 6 characters that does not match `^[0-9a-f]{4}$`",
            "/attributes/mode not_in_enum: `mode` is a text of 4 characters and none of `fast`, `slow`",
            "/attributes/tags/0 too_long: `tags[0]` is a text of 9 characters; at most 8 are allowed",
            "/attributes/text too_long: `text` is a text of 9 characters; at most 8 are allowed",
        ],
    );
}

#[test]
fn numbers_outside_their_range() {
    check_attributes(
        json!({"runs": 11}),
        &["/attributes/runs out_of_range: `runs` is an integer outside its range; expected at most 10"],
    );
    check_attributes(
        json!({"runs": -1}),
        &["/attributes/runs out_of_range: `runs` is an integer outside its range; expected at least 0"],
    );
}

#[test]
fn lists_that_are_too_long() {
    check_attributes(
        json!({"tags": ["a", "b", "c"]}),
        &["/attributes/tags too_many_items: `tags` is a list of 3 items; at most 2 are allowed"],
    );
}

#[test]
fn a_status_outside_its_domain() {
    let mut payload = span(json!({}));
    payload["status"] = json!({"code": 3});
    check(payload, &["/status/code not_in_enum: `status.code` is an integer and none of 0, 1, 2"]);
}

#[test]
fn no_message_holds_a_value() {
    let catalogue = catalogue();
    let validator = Validator::new(&catalogue, Consent::Default);
    let canary = "canary-4711";
    let mut payload = span(json!({
        "text": canary, "key": canary, "mode": canary, "flag": canary, "runs": canary, "tags": [canary, canary, canary],
        "agents": [{"role": canary}], "boss": {"goal": canary}, "host": canary, "other": {"a": canary},
    }));
    payload["resource"] = json!({"host.name": canary});
    payload["events"] = json!([{"name": canary}]);
    payload["startTimeUnixNano"] = json!(canary);
    let violations = validator.check_payload(&payload.into());
    assert!(violations.len() > 12, "{violations:#?}");
    assert!(!format!("{violations:?}").contains(canary), "{violations:#?}");
}

#[test]
fn rules_have_names_of_their_own() {
    let mut names: Vec<_> = Rule::ALL.iter().map(|rule| rule.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Rule::ALL.len());
}

// Where payloads come from OTLP.

#[test]
fn otlp_that_no_attribute_can_hold_is_refused() {
    let attributes = json!([
        {"key": "runs", "value": {"intValue": "1"}},
        {"key": "text", "value": {"doubleValue": "NaN"}},
        {"key": "key", "value": {"bytesValue": "AAAA"}},
        {"key": "mode"},
    ]);
    let otlp = request(json!({"name": "Started", "attributes": attributes}));
    let payload = payloads(&catalogue(), otlp.to_string().as_bytes()).remove(0);
    check(
        payload,
        &[
            "/attributes/key wrong_type: `key` is an object of 1 member; expected a text",
            "/attributes/text wrong_type: `text` is an object of 1 member; expected a text",
        ],
    );
}

#[test]
fn telemetry_of_another_program_is_unknown() {
    let catalogue = catalogue();
    let validator = Validator::new(&catalogue, Consent::OptedIn);
    for payload in payloads(&catalogue, &fixture("hier_default.otlp.json")) {
        let rules: Vec<_> = validator
            .check_payload(&payload)
            .iter()
            .map(|violation| (violation.rule, violation.pointer.clone()))
            .collect();
        let service = (Rule::UnknownKey, "/resource/service.name".to_owned());
        assert_eq!(rules, [(Rule::UnknownSignal, "/name".to_owned()), service]);
    }
}
