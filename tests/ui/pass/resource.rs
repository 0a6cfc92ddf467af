//! Emitters and a validator from `build.rs` for a catalogue with a resource and bodies: the derive's verdicts, and typed
//! in the same way.
#![deny(warnings)]

mod resource {
    include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/resource.rs"));
}

use candor::validate::validator;
use candor::{Consent, Pipeline};
use resource::{CATALOGUE, enums, signals};

fn check(payload: &str, expected: [bool; 2]) {
    for (consent, expected) in [Consent::Default, Consent::OptedIn].into_iter().zip(expected) {
        assert_eq!(resource::validate::is_valid(consent, payload.as_bytes()), expected, "{consent:?}: {payload}");
        let violations = resource::validate::check(consent, payload.as_bytes());
        assert_eq!(validator(&CATALOGUE, consent).check(payload.as_bytes()), violations);
    }
}

fn check_ended(rest: &str, expected: [bool; 2]) {
    check(&format!(r#"{{"kind":"event","name":"Ended","timeUnixNano":"1","attributes":{{"session":"a"}}{rest}}}"#), expected);
}

fn check_noted(rest: &str, expected: [bool; 2]) {
    let rest = format!(r#"{rest},"resource":{{"os.type":"linux"}}"#);
    check(&format!(r#"{{"kind":"event","name":"Noted","timeUnixNano":"1","attributes":{{"session":"a"}}{rest}}}"#), expected);
}

fn main() {
    check_ended(r#","body":"ok","resource":{"os.type":"linux"}"#, [true; 2]);
    check_ended(r#","body":"ok","resource":{"os.type":"linux","host.name":"babbage"}"#, [false, true]);
    check_ended(r#","body":"ok","resource":{"os.type":"beos"}"#, [false; 2]);
    check_ended(r#","body":"ok","resource":{"os.type":"linux","os.type":"linux"}"#, [false; 2]);
    check_ended(r#","body":"ok","resource":{}"#, [false; 2]);
    check_ended(r#","body":"ok","resource":[]"#, [false; 2]);
    check_ended(r#","body":"ok""#, [false; 2]);
    check_ended(r#","body":"fine","resource":{"os.type":"linux"}"#, [false; 2]);
    check_ended(r#","resource":{"os.type":"linux"}"#, [false; 2]);
    check_ended(r#","droppedAttributesCount":2"#, [true; 2]);
    check_noted("", [true; 2]);
    check_noted(r#","body":"it burns""#, [false, true]);
    check_noted(r#","body":7"#, [false; 2]);

    let process = resource::resource::Resource {
        os_type: enums::OsType::Linux,
        service_version: Some("1.2.3"),
        host_cpu_cores: Some(4),
        host_name: Some("babbage"),
        telemetry_sdk_name: Some(enums::Sdk::Candor),
    };
    assert!(!candor::resource(Consent::Default, &process).contains("babbage"));
    let builder = Pipeline::builder(&CATALOGUE).consent(Consent::OptedIn).endpoint("http://127.0.0.1:9").resource(process);
    let (pipeline, _) = builder.build();
    let ended = signals::Ended { session: "a", message: enums::Message::Late };
    let payload = pipeline.preview(&ended).unwrap();
    assert!(payload.contains(r#""body":"late""#) && payload.contains(r#""host.name":"babbage""#), "{payload}");
    check(&payload, [false, true]);
}
