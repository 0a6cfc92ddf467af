//! A catalogue that collects more than its user agreed to: what flows until they have seen it.

use std::time::Duration;

use candor::otel::Filter;
use candor::{Consent, Pipeline, Telemetry};
use opentelemetry::KeyValue;
use opentelemetry::trace::{Span, Tracer, TracerProvider};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};

use crate::{Fixture, agreed, grown};

#[derive(Clone, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/consent/grown.yaml", span = "exported")]
struct Exported {
    same: bool,
    longer: &'static str,
    shorter: &'static str,
    cut: &'static str,
    matched: &'static str,
    wider: u8,
    narrower: u8,
    ratio: f64,
    members: Format,
    fewer: Fewer,
    items: Vec<u8>,
    retyped: u8,
    page: Page,
    place: &'static str,
    fresh: bool,
    title: Option<&'static str>,
}

#[derive(Clone, Copy, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/consent/grown.yaml", attribute = "members")]
enum Format {
    Pdf,
    #[expect(dead_code, reason = "a member must have a variant")]
    Html,
}

#[derive(Clone, Copy, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/consent/grown.yaml", attribute = "fewer")]
enum Fewer {
    Html,
}

#[derive(Clone, Telemetry)]
#[telemetry(catalogue = "tests/fixtures/consent/grown.yaml", object = "page")]
struct Page {
    size: u8,
    words: u8,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/consent/grown.yaml", span = "opened")]
struct Opened {
    same: bool,
}

#[derive(Telemetry)]
#[telemetry(catalogue = "tests/fixtures/consent/grown.yaml", span = "titled")]
struct Titled {
    title: &'static str,
    subtitle: &'static str,
}

fn exported() -> Exported {
    Exported {
        same: true,
        longer: "l",
        shorter: "s",
        cut: "c",
        matched: "m",
        wider: 1,
        narrower: 2,
        ratio: 0.1,
        members: Format::Pdf,
        fewer: Fewer::Html,
        items: vec![3],
        retyped: 4,
        page: Page { size: 5, words: 6 },
        place: "p",
        fresh: true,
        title: Some("t"),
    }
}

/// Checks what arrives when a user who chose this for version 1 runs version 2, before and after they have seen the
/// notice; and what the notice names.
#[track_caller]
fn check(choice: Consent, before: &[&str], names: &[&str], after: &[&str]) {
    let fixture = Fixture::new();
    fixture.store(agreed()).choose(choice).expect("a writable folder");
    let (pipeline, decision) = fixture.builder(grown()).build();
    assert_eq!(decision.consent, choice);
    let report = |pipeline: &Pipeline| {
        pipeline.emit(&exported());
        pipeline.emit(&Opened { same: true });
        pipeline.emit(&Titled { title: "t", subtitle: "u" });
        assert!(pipeline.flush(Duration::from_secs(10)));
        let payloads = fixture.payloads(grown());
        fixture.sent.lock().expect("what was sent").clear();
        payloads
    };
    assert_eq!(report(&pipeline), before);
    let previewed = candor::preview(grown(), pipeline.allowance(), &exported());
    assert!(previewed.is_none_or(|payload| payload.ends_with(before[0])), "a preview shows the same");
    let notice = pipeline.notice_due();
    assert_eq!(notice.map(|notice| notice.added).unwrap_or_default(), names);
    pipeline.notice_shown().expect("a writable folder");
    assert_eq!(pipeline.notice_due(), None);
    assert_eq!(report(&pipeline), before, "the run that shows it holds it back");
    assert_eq!(fixture.store(grown()).read().choice, Some(choice), "what they chose stays");
    let (next, _) = fixture.builder(grown()).build();
    assert_eq!((next.notice_due(), report(&next)), (None, after.iter().map(|&sent| sent.to_owned()).collect()));
    fixture.store(agreed()).choose(choice).expect("a writable folder");
    let (pipeline, _) = fixture.builder(grown()).build();
    pipeline.choose(choice).expect("a writable folder");
    assert_eq!(report(&pipeline), after, "an answer counts at once");
}

const WIDENED: [&str; 11] = [
    "span Exported: longer",
    "span Exported: cut",
    "span Exported: matched",
    "span Exported: wider",
    "span Exported: members",
    "span Exported: items",
    "span Exported: retyped",
    "object page: words",
    "span Exported: place",
    "span Exported: fresh",
    "span Opened",
];

#[test]
fn only_what_was_agreed_to_flows_until_the_difference_was_seen() {
    let before = r#"{"same":true,"shorter":"s","narrower":2,"ratio":0.1,"fewer":"html","page":{"size":5}},"droppedAttributesCount":1}"#;
    let after = concat!(
        r#"{"same":true,"longer":"l","shorter":"s","cut":"c","wider":1,"narrower":2,"ratio":0.1,"members":"pdf","#,
        r#""fewer":"html","items":[3],"retyped":4,"page":{"size":5,"words":6},"place":"p","fresh":true},"#,
        r#""droppedAttributesCount":1}"#
    );
    check(Consent::Default, &[before], &WIDENED, &[after, r#"{"same":true}}"#]);
}

/// A user who opted in had agreed to the place, which others had not; and sees the new opt-in attribute, too.
#[test]
fn whoever_opted_in_sees_what_is_new_to_them() {
    let before = concat!(
        r#"{"same":true,"shorter":"s","narrower":2,"ratio":0.1,"fewer":"html","page":{"size":5},"place":"p","title":"t"},"#,
        r#""droppedAttributesCount":1}"#
    );
    let names: Vec<_> = WIDENED.into_iter().filter(|name| !name.ends_with("place") && *name != "span Opened").collect();
    let names = [&names[..], &["span Titled: subtitle", "span Opened"]].concat();
    let after = concat!(
        r#"{"same":true,"longer":"l","shorter":"s","cut":"c","wider":1,"narrower":2,"ratio":0.1,"members":"pdf","#,
        r#""fewer":"html","items":[3],"retyped":4,"page":{"size":5,"words":6},"place":"p","fresh":true,"title":"t"},"#,
        r#""droppedAttributesCount":1}"#
    );
    let (short, titled) = (r#"{"title":"t"}}"#, r#"{"title":"t","subtitle":"u"}}"#);
    check(Consent::OptedIn, &[before, short], &names, &[after, r#"{"same":true}}"#, titled]);
}

/// The same for what goes another way: the user's own OpenTelemetry, with Candor's signals or with hand-written ones.
#[test]
fn what_is_held_back_takes_no_other_way() {
    let fixture = Fixture::new();
    fixture.store(agreed()).choose(Consent::OptedIn).expect("a writable folder");
    let (pipeline, _) = fixture.builder(grown()).build();
    let agreed_to = ["same", "shorter", "narrower", "ratio", "fewer", "page", "place", "title", "candor.channels"];
    let (pairs, _) = candor::otel::key_values(pipeline.allowance(), &exported());
    assert_eq!(pairs.iter().map(|pair| pair.key.as_str()).collect::<Vec<_>>(), agreed_to);
    assert!(candor::otel::key_values(pipeline.allowance(), &Opened { same: true }).0.is_empty());
    assert_eq!(candor::payload(pipeline.allowance(), &Opened { same: true }), None);

    let exporter = InMemorySpanExporter::default();
    let filter = Filter::new(grown(), move || pipeline.allowance(), exporter.clone());
    let provider = SdkTracerProvider::builder().with_simple_exporter(filter).build();
    let tracer = provider.tracer("by hand");
    let by_hand = [KeyValue::new("same", true), KeyValue::new("longer", "l"), KeyValue::new("title", "t")];
    for name in ["Exported", "Opened"] {
        tracer.span_builder(name).with_attributes(by_hand.clone()).start(&tracer).end();
    }
    let spans = exporter.get_finished_spans().expect("spans");
    let keys = |span: &SpanData| span.attributes.iter().map(|pair| pair.key.to_string()).collect::<Vec<_>>();
    assert_eq!(spans.iter().map(keys).collect::<Vec<_>>(), [["same", "title", "candor.channels"]]);
}

#[test]
fn whoever_is_off_is_not_asked() {
    let fixture = Fixture::new();
    fixture.store(agreed()).choose(Consent::Off).expect("a writable folder");
    let (pipeline, _) = fixture.builder(grown()).build();
    assert_eq!(pipeline.notice_due(), None);
}

#[test]
fn the_same_catalogue_asks_for_nothing() {
    let fixture = Fixture::new();
    let shown = fixture.store(agreed());
    shown.choose(Consent::OptedIn).expect("a writable folder");
    let (pipeline, _) = fixture.builder(agreed()).build();
    assert_eq!(pipeline.notice_due(), None, "the same asks for nothing");
}
