//! Nothing is allocated for a payload that is fine, whatever is in it and however it is written.

mod common;

use candor_schema::Consent;
use candor_validate::Validator;
use common::catalogue;

#[track_caller]
fn check(attributes: &str) {
    let catalogue = catalogue();
    let validator = Validator::new(&catalogue, Consent::OptedIn);
    let times = r#""startTimeUnixNano": "1", "endTimeUnixNano": "\u0032""#;
    let payload = format!(r#"{{"attributes": {{{attributes}}}, "name": "St\u0061rted", {times}, "kind": "span"}}"#);
    let is_valid = || assert!(validator.is_valid(payload.as_bytes()), "{:?}", validator.check(payload.as_bytes()));
    is_valid(); // what is made once is made now
    assert_eq!(allocation_counter::measure(is_valid).count_total, 0, "{payload}");
    assert_eq!(allocation_counter::measure(|| assert_eq!(validator.check(payload.as_bytes()), [])).count_total, 0);
}

#[test]
fn every_type() {
    check(r#""runs": 1, "score": 1.5e3, "flag": true, "mode": "slow", "key": "00ff", "text": "a", "tags": ["a", ""]"#);
}

#[test]
fn escapes() {
    check(r#""r\u0075ns": 1, "mode": "slo\u0077", "key": "\u0030\u0030ff", "text": "\ud83d\ude00\n\"", "host": "ä""#);
}

#[test]
fn objects() {
    check(r#""runs": 1, "boss": {"role": "a", "goal": null}, "agents": [{"goal": "b", "role": "a"}, {"role": ""}]"#);
}
