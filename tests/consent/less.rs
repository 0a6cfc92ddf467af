//! A catalogue that collects less than its user agreed to, whatever else is said anew: all of it flows, nobody is asked.

use std::time::Duration;

use candor::{Catalogue, Consent, Telemetry};

use crate::{Fixture, agreed};

fn less() -> &'static Catalogue {
    candor::catalogue!("tests/fixtures/consent/less.yaml")
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/consent/less.yaml", span = "exported")]
struct Exported {
    same: Option<bool>,
    longer: Option<Longer>,
    shorter: Option<&'static str>,
    matched: Option<&'static str>,
    ratio: Option<i8>,
    items: Option<Vec<u8>>,
    page: Option<Page>,
    place: Option<Place>,
    title: Option<&'static str>,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/consent/less.yaml", attribute = "longer")]
enum Longer {
    Long,
    #[expect(dead_code, reason = "a member must have a variant")]
    Short,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/consent/less.yaml", attribute = "place")]
enum Place {
    Here,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/consent/less.yaml", object = "page")]
struct Page {
    size: Option<u8>,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/consent/less.yaml", span = "titled")]
struct Titled {
    title: Option<&'static str>,
}

const NOTHING: Exported = Exported {
    same: None,
    longer: None,
    shorter: None,
    matched: None,
    ratio: None,
    items: None,
    page: None,
    place: None,
    title: None,
};

fn everything() -> Exported {
    Exported {
        same: Some(true),
        longer: Some(Longer::Long),
        shorter: Some("s"),
        matched: Some("a"),
        ratio: Some(-1),
        items: Some(vec![2]),
        page: Some(Page { size: None }),
        place: Some(Place::Here),
        title: Some("t"),
    }
}

/// Checks what arrives when a user who chose this for version 1 runs a version 2 that lists no more.
#[track_caller]
fn check(choice: Consent, expected: &[&str]) {
    let fixture = Fixture::new();
    fixture.store(agreed()).choose(choice).expect("a writable folder");
    let (pipeline, decision) = fixture.builder(less()).build();
    assert_eq!((decision.consent, pipeline.notice_due()), (choice, None));
    pipeline.emit(&everything());
    pipeline.emit(&NOTHING);
    pipeline.emit(&Titled { title: None });
    assert!(pipeline.flush(Duration::from_secs(10)));
    assert_eq!(fixture.payloads(less()), expected);
}

#[test]
fn what_may_be_missing_asks_for_nothing_and_flows() {
    let sent = r#"{"same":true,"longer":"long","matched":"a","ratio":-1,"items":[2],"page":{}}}"#;
    check(Consent::Default, &[sent, "{}}"]);
}

#[test]
fn whoever_opted_in_is_not_asked_either() {
    let sent = concat!(
        r#"{"same":true,"longer":"long","matched":"a","ratio":-1,"items":[2],"page":{},"shorter":"s","place":"here","#,
        r#""title":"t"}}"#
    );
    check(Consent::OptedIn, &[sent, "{}}", "{}}"]);
}
