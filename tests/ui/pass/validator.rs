//! A validator from `build.rs`: the same verdicts as the one that is built at run time, for every type.
#![deny(warnings)]

mod demo {
    include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/demo.rs"));
}

use candor::Consent;
use candor::validate::validator;

fn check(payload: &str, expected: [bool; 2]) {
    for (consent, expected) in [Consent::Default, Consent::OptedIn].into_iter().zip(expected) {
        assert_eq!(demo::validate::is_valid(consent, payload.as_bytes()), expected, "{consent:?}: {payload}");
        let violations = demo::validate::check(consent, payload.as_bytes());
        assert_eq!(violations.is_empty(), expected, "{consent:?}: {payload}");
        assert_eq!(validator(&demo::CATALOGUE, consent).check(payload.as_bytes()), violations);
    }
}

fn check_attributes(attributes: &str, expected: [bool; 2]) {
    let times = r#""startTimeUnixNano":"1","endTimeUnixNano":"2""#;
    check(&format!(r#"{{"kind":"span","name":"Everything",{times},"attributes":{{{attributes}}}}}"#), expected);
    check(&format!(r#"{{"attributes":{{{attributes}}},{times},"name":"Everything","kind":"span"}}"#), expected);
}

fn main() {
    const BOTH: [bool; 2] = [true, true];
    const NONE: [bool; 2] = [false, false];
    const OPTED_IN: [bool; 2] = [false, true];
    check_attributes(r#""flag":true"#, BOTH);
    check_attributes("", NONE);
    check_attributes(r#""flag":true,"flag":true"#, NONE);
    check_attributes(r#""flag":true,"number":10,"ratio":0.5,"moment":"2026-11-20T16:09:11.9Z","hex":"00ff""#, BOTH);
    check_attributes(r#""hex":"00ff","ratio":1e0,"number":-5.0,"fl\u0061g":false"#, BOTH);
    for refused in ["\"number\":11", "\"ratio\":1.5", "\"moment\":\"2026-11-31T16:09:11Z\"", "\"hex\":\"00FF\"", "\"no\":1"] {
        check_attributes(&format!(r#""flag":true,{refused}"#), NONE);
        check_attributes(&format!(r#"{refused},"flag":true"#), NONE);
    }
    check_attributes(r#""flag":true,"colours":["red","green"],"words":["äöüßé"],"parts":[{"name":"a","size?":null}]"#, BOTH);
    check_attributes(r#""flag":true,"colours":["red","green","red"]"#, NONE);
    check_attributes(r#""flag":true,"words":["äöüßéx"]"#, NONE);
    check_attributes(r#""flag":true,"parts":[{"size?":1}]"#, NONE);
    check_attributes(r#""flag":true,"parts":[{"note":"a","name":"b"}]"#, OPTED_IN);
    check_attributes(r#""flag":true,"secret":"a""#, OPTED_IN);
    check(r#"{"kind":"event","name":"demo.noted","timeUnixNano":"1","attributes":{"flag":true}}"#, BOTH);
    check(r#"{"kind":"event","name":"demo.noted","timeUnixNano":"1","attributes":{},"droppedAttributesCount":1}"#, BOTH);
    let hidden = r#""attributes":{"flag":true,"secret":"a"}"#;
    check(
        &format!(r#"{{"kind":"span","name":"Hidden","startTimeUnixNano":"1","endTimeUnixNano":"2",{hidden}}}"#),
        OPTED_IN,
    );
    check(&format!(r#"{{"kind":"event","name":"Hidden","timeUnixNano":"1",{hidden}}}"#), NONE);
}
