//! Canaries in every place: none gets out, and the counts add up.

use super::*;

const CANARY: &str = "CANARY";

fn canary_resource() -> Resource {
    let attributes = [KeyValue::new("CANARY", 1), KeyValue::new("service.name", CANARY)];
    Resource::builder_empty().with_schema_url(attributes, "https://CANARY.example/").build()
}

fn canary_scope() -> InstrumentationScope {
    InstrumentationScope::builder(CANARY)
        .with_version(CANARY)
        .with_schema_url("https://CANARY.example/")
        .with_attributes([KeyValue::new(CANARY, CANARY)])
        .build()
}

fn send_span(tracer: &SdkTracer, name: &'static str) {
    let json = r#"[{"name":"a","note":"CANARY","CANARY":1},{"name":"CANARY"},"CANARY",{"name":"b","size?":"CANARY"}]"#;
    let attributes = [
        ("flag", Value::from(CANARY)),
        ("number", CANARY.into()),
        ("word", CANARY.into()),
        ("cut_word", "12345CANARY".into()),
        ("hex", CANARY.into()),
        ("moment", CANARY.into()),
        ("colour", CANARY.into()),
        ("words", texts(["ok", CANARY])),
        ("parts", json.into()),
        ("parts.json", json.into()),
        ("part_one", r#"{"name":"a","note":"CANARY"}"#.into()),
        ("secret", CANARY.into()),
        ("CANARY", CANARY.into()),
    ];
    let state = TraceState::from_str("vendor=CANARY").expect("a trace state");
    let context = SpanContext::new(TraceId::from(7), SpanId::from(9), TraceFlags::SAMPLED, true, state);
    let canary = || vec![KeyValue::new(CANARY, CANARY), KeyValue::new("flag", true)];
    let builder = span(name, attributes);
    let mut span = tracer.build_with_context(builder, &Context::new().with_remote_span_context(context.clone()));
    span.set_status(Status::error(CANARY));
    span.add_event(CANARY, canary());
    span.add_link(context, canary());
}

#[test]
fn no_canary_in_a_span_gets_out() {
    for consent in [Consent::Off, Consent::Default] {
        let sent = send_spans_of(consent, canary_resource(), canary_scope(), |tracer| {
            send_span(tracer, "Everything");
            send_span(tracer, "Hidden");
            send_span(tracer, CANARY);
        });
        assert_eq!(sent.signals.len(), usize::from(consent == Consent::Default));
        assert!(!sent.debug.contains(CANARY), "{}", sent.debug);
        if consent == Consent::Off {
            continue;
        }
        let attributes: Vec<_> =
            sent.signals[0].attributes.iter().map(|pair| (pair.key.as_str(), pair.value.as_str())).collect();
        let parts = r#"[{"name":"a"},{"name":"b"}]"#;
        let expected = [
            ("cut_word", "12345"),
            ("words", "[\"ok\"]"),
            ("parts", parts),
            ("parts.json", parts),
            ("part_one", r#"{"name":"a"}"#),
        ];
        assert_eq!(attributes, expected.map(|(key, value)| (key, value.into())));
        // Six values, one item, in each of the lists of parts one field, two items and one unknown field.
        assert_eq!(sent.signals[0].dropped_attributes_count, 6 + 1 + 2 * 4 + 1);
    }
}

#[test]
fn the_counts_of_a_canary_span_add_up() {
    let sent = send_spans_of(Consent::Default, canary_resource(), canary_scope(), |tracer| {
        (0..3).for_each(|_| send_span(tracer, "Everything"));
        send_span(tracer, CANARY);
    });
    let count = |why| sent.stops.iter().filter(|stop| stop.why == why).map(|stop| stop.count).sum::<u64>();
    // Of the resource two attributes and the schema URL, and the unlisted span. Of each span an unknown attribute
    // and two unknown fields, a parent, an event, a link, the status message, the trace state, the scope's attribute and URL.
    assert_eq!(count(Why::Unknown), 3 + 1 + 3 * (1 + 2 + 7));
    // The secret, and a note in each of three objects.
    assert_eq!(count(Why::Consent), 3 * (1 + 3));
    assert_eq!(count(Why::Cut), 3);
    // What the spans say of themselves, without what was unknown: an object counts once, whatever is wrong in it.
    let said: u32 = sent.signals.iter().map(|span| span.dropped_attributes_count).sum();
    assert_eq!(count(Why::Value), u64::from(said) - 3 * (1 + 2));
}

#[test]
fn no_canary_in_a_log_record_gets_out() {
    for consent in [Consent::Off, Consent::Default] {
        let sent = send_logs_of(demo::catalogue(), consent, canary_resource(), canary_scope(), |logger| {
            for name in [Some("demo.noted"), Some("CANARY"), None] {
                let nested = AnyValue::from_iter([(CANARY, AnyValue::from_iter([CANARY]))]);
                let attributes = [("flag", CANARY.into()), ("secret", CANARY.into()), (CANARY, nested.clone())];
                emit_log(logger, name, attributes, |record| {
                    record.set_body(nested);
                    record.set_severity_text(CANARY);
                    record.set_target(CANARY);
                });
            }
        });
        assert_eq!(sent.signals.len(), usize::from(consent == Consent::Default));
        assert!(!sent.debug.contains(CANARY), "{}", sent.debug);
    }
}
