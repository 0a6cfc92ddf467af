//! Log records: events that the catalogue lists, without their words.

use super::*;

#[test]
fn a_listed_event_arrives_without_its_words() {
    let sent = send_logs(Consent::Default, |logger| {
        let attributes = [("flag", AnyValue::Boolean(false)), ("secret", "hush".into()), ("user", "hush".into())];
        emit_log(logger, Some("demo.noted"), attributes, |record| {
            record.set_body("hush".into());
            record.set_severity_text("hush");
            record.set_severity_number(Severity::Info);
            record.set_target("hush");
            record.set_timestamp(std::time::SystemTime::UNIX_EPOCH);
            record.set_trace_context(TraceId::from(7), SpanId::from(9), Some(TraceFlags::SAMPLED));
        });
    });
    let record = &sent.signals[0].record;
    assert_eq!(record.event_name(), Some("demo.noted"));
    let attributes: Vec<_> = record.attributes_iter().map(|(key, value)| (key.as_str(), value)).collect();
    assert_eq!(attributes, [("flag", &AnyValue::Boolean(false))]);
    assert_eq!(record.timestamp(), Some(std::time::SystemTime::UNIX_EPOCH));
    assert!(record.observed_timestamp().is_some());
    assert!(record.trace_context().is_none(), "the catalogue lists no parent");
    assert_eq!((record.body(), record.severity_text(), record.severity_number()), (None, None, None));
    assert_eq!(record.target(), None);
    assert_eq!(sent.signals[0].instrumentation.name(), "demo");
    assert_eq!(*sent.signals[0].resource, resource());
    let stops = [
        ("demo.noted: attribute secret", Why::Consent, 1),
        ("demo.noted: attribute user", Why::Unknown, 1),
        ("demo.noted: body", Why::Unknown, 1),
        ("demo.noted: severity", Why::Unknown, 1),
        ("demo.noted: span", Why::Unknown, 1),
        ("demo.noted: target", Why::Unknown, 1),
    ];
    check_stops(&sent.stops, &stops);
}

#[test]
fn everything_else_is_left_out_whole() {
    let sent = send_logs(Consent::OptedIn, |logger| {
        emit_log(logger, Some("demo.lost"), [("flag", true.into())], |_| {});
        emit_log(logger, Some("Everything"), [("flag", true.into())], |_| {});
        emit_log(logger, None, [("flag", true.into())], |record| record.set_body("hush".into()));
    });
    assert!(sent.signals.is_empty());
    let stops = [
        ("event Everything", Why::Unknown, 1),
        ("event demo.lost", Why::Unknown, 1),
        ("log record without an event name", Why::Unknown, 1),
    ];
    check_stops(&sent.stops, &stops);
}

#[test]
fn bytes_and_maps_are_no_texts() {
    let map = AnyValue::from_iter([("name", "hush")]);
    let list = AnyValue::from_iter(["hush"]);
    for value in [AnyValue::from(&b"hush"[..]), map, list] {
        let sent = send_logs(Consent::OptedIn, |logger| {
            emit_log(logger, Some("demo.noted"), [("flag", true.into()), ("secret", value)], |_| {});
        });
        assert_eq!(sent.signals[0].record.attributes_iter().count(), 1);
        check_stops(&sent.stops, &[("demo.noted: attribute secret", Why::Value, 1)]);
    }
}
