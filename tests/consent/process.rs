//! Attributes of the process that the user has not agreed to yet are not sent, whatever the signals beside them.

use std::time::Duration;

use candor::{Consent, Pipeline, Telemetry};
use serde_json::Value;

use crate::{Fixture, agreed, process};

#[derive(Clone, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/consent/process.yaml", resource)]
struct Process {
    #[telemetry(attribute = "os_type")]
    os: Os,
    host: Option<&'static str>,
}

#[derive(Clone, Copy, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/consent/process.yaml", attribute = "os_type")]
enum Os {
    Linux,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/consent/process.yaml", span = "exported")]
struct Exported {
    same: bool,
}

#[track_caller]
fn check(choice: Consent, names: &[&str], expected: Value) {
    let fixture = Fixture::new();
    fixture.store(agreed()).choose(choice).expect("a writable folder");
    let build = || fixture.builder(process()).resource(Process { os: Os::Linux, host: Some("babbage") }).build().0;
    let report = |pipeline: &Pipeline| -> Value {
        pipeline.emit(&Exported { same: true });
        assert!(pipeline.flush(Duration::from_secs(10)));
        let (kind, body) = fixture.sent.lock().expect("what was sent").pop().expect("a request");
        let payload = candor::decode(process(), kind, &body).pop().expect("a payload");
        serde_json::from_str(&payload).expect("JSON")
    };
    let pipeline = build();
    let before = report(&pipeline);
    assert_eq!((&before["attributes"]["same"], before.get("resource")), (&Value::from(true), None));
    assert_eq!(pipeline.notice_due().map(|notice| notice.added).unwrap_or_default(), names);
    pipeline.notice_shown().expect("a writable folder");
    assert_eq!(report(&pipeline).get("resource"), None, "the run that shows the notice holds it back");
    assert_eq!(report(&build())["resource"], expected);
}

#[test]
fn what_is_new_about_the_process_waits_for_the_notice() {
    check(Consent::Default, &["resource: os.type"], serde_json::json!({"os.type": "linux"}));
}

#[test]
fn whoever_opted_in_sees_all_of_it_first() {
    let all = serde_json::json!({"os.type": "linux", "host.name": "babbage"});
    check(Consent::OptedIn, &["resource: os.type", "resource: host.name"], all);
}
