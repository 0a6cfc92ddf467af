//! Schema = filter: what the filter lets through is accepted at that level of consent, and what is accepted the filter
//! does not change.

use std::path::Path;

use candor::otel::{emit, key_values};
use candor::{AttributeInfo, Domain, Encoding, SignalKind};
use candor_validate::{Item, Payload, Rule, Signals, Validator, payloads_from_otlp_protobuf};
use demo::{Everything, NOTHING, Paint, Part};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::logs::v1::{ResourceLogs, ScopeLogs};
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use prost::Message;
use serde_json::{Map, Value as Json};

use super::*;

static CATALOGUE: LazyLock<candor_schema::Catalogue> = LazyLock::new(|| {
    candor_schema::load(Path::new("tests/fixtures/demo.yaml")).catalogue.expect("a catalogue without findings")
});

const LEVELS: [Consent; 2] = [Consent::Default, Consent::OptedIn];

/// Returns the validator of a level of consent.
fn validator(consent: Consent) -> &'static Validator<'static> {
    static VALIDATORS: LazyLock<[Validator<'static>; 2]> =
        LazyLock::new(|| LEVELS.map(|consent| Validator::new(&CATALOGUE, consent)));
    &VALIDATORS[usize::from(consent == Consent::OptedIn)]
}

fn span_payload(span: SpanData) -> Payload {
    let resource_spans = group_spans_by_resource_and_scope(vec![span], &Default::default());
    only(Signals::Traces, &ExportTraceServiceRequest { resource_spans }.encode_to_vec())
}

fn log_payload(log: &LogDataWithResource) -> Payload {
    let scope_logs = vec![ScopeLogs { log_records: vec![(&log.record).into()], ..ScopeLogs::default() }];
    let resource_logs = vec![ResourceLogs { scope_logs, ..ResourceLogs::default() }];
    only(Signals::Logs, &ExportLogsServiceRequest { resource_logs }.encode_to_vec())
}

fn only(signals: Signals, request: &[u8]) -> Payload {
    let mut items = payloads_from_otlp_protobuf(&CATALOGUE, request, Some(signals)).expect("a request");
    match (items.pop(), items.pop()) {
        (Some(Item::Payload(payload)), None) => payload,
        other => panic!("one payload, not {other:?}"),
    }
}

/// The span that an exporter gets, without any filter.
fn unfiltered(name: &'static str, attributes: Vec<KeyValue>) -> SpanData {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder().with_simple_exporter(exporter.clone()).build();
    provider.tracer("").build(SpanBuilder::from_name(name).with_attributes(attributes)).end();
    exporter.get_finished_spans().expect("spans").remove(0)
}

fn filtered(consent: Consent, name: &'static str, attributes: Vec<KeyValue>) -> Option<SpanData> {
    send_spans(consent, |tracer| tracer.build(SpanBuilder::from_name(name).with_attributes(attributes)).end())
        .signals
        .pop()
}

/// Attributes as somebody may have set them: keys and values, mostly right.
type Attributes = Vec<(String, Json)>;

fn known(kind: SignalKind, name: &str) -> &'static [candor::Member] {
    let signals = demo::catalogue().signals;
    signals
        .iter()
        .find(|signal| signal.kind == kind && signal.name == name)
        .map(|signal| &*signal.attributes)
        .expect("a signal")
}

fn attributes(kind: SignalKind, name: &str) -> impl Strategy<Value = Attributes> + use<> {
    let known = known(kind, name);
    let right: Vec<_> = known
        .iter()
        .map(|known| {
            let name = known.name();
            let value = json(&known.attribute.domain).prop_map(move |value| (name.to_owned(), value));
            weighted(if known.required { 0.95 } else { 0.4 }, value)
        })
        .collect();
    let names: Vec<_> = known.iter().map(candor::Member::name).chain(["note", "user.email", ""]).collect();
    let wrong = (prop::sample::select(names).prop_map(str::to_owned), any_json());
    let wrong = prop_oneof![3 => Just(Vec::new()), 1 => vec(wrong, 1..4)];
    (right, wrong)
        .prop_map(|(right, wrong)| right.into_iter().flatten().chain(wrong).collect::<Vec<_>>())
        .prop_shuffle()
}

/// Values of a domain, mostly.
fn json(domain: &'static Domain) -> BoxedStrategy<Json> {
    let right = match domain {
        Domain::String { .. } => text().prop_map(Json::from).boxed(),
        Domain::Boolean => any::<bool>().prop_map(Json::from).boxed(),
        Domain::Int { minimum, maximum } => (*minimum..=*maximum).prop_map(Json::from).boxed(),
        Domain::Double { minimum, maximum } => {
            let bounds = [0.0, -0.0, 1.0, *minimum, *maximum, 5e-324];
            let inside = prop::num::f64::NORMAL.prop_map(|value| value.fract());
            prop_oneof![prop::sample::select(bounds.to_vec()), inside].prop_map(Json::from).boxed()
        }
        Domain::Timestamp => {
            let texts = [
                "1970-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999999999Z",
                "2026-11-20T16:09:11.9Z",
                "2026-04-31T00:00:00Z",
                "2026-11-20",
            ];
            prop::sample::select(texts.to_vec()).prop_map(Json::from).boxed()
        }
        Domain::Enum(members) => {
            prop::sample::select(members.iter().map(str::to_owned).collect::<Vec<_>>()).prop_map(Json::from).boxed()
        }
        Domain::List { item, .. } => vec(json(item), 0..4).prop_map(Json::from).boxed(),
        Domain::Object(object) => {
            let field = |field: &'static candor::Member| {
                let value = json(&field.attribute.domain).prop_map(|value| (field.name().to_owned(), value));
                weighted(if field.required { 0.95 } else { 0.5 }, value)
            };
            let fields: Vec<_> = object.fields.iter().map(field).collect();
            let unknown = weighted(0.05, ("[a-z]{0,3}", any_json()));
            let object = (fields, unknown).prop_map(|(fields, unknown)| {
                Json::from(Map::from_iter(fields.into_iter().chain([unknown]).flatten()))
            });
            object.boxed()
        }
    };
    prop_oneof![30 => right, 1 => any_json()].boxed()
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[0-9a-f]{4}",
        3 => "[a-z]{0,5}",
        1 => vec(any::<char>(), 0..8).prop_map(|chars| chars.into_iter().collect()),
        1 => "\\PC{0,120}",
    ]
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        (0.1..0.9).prop_map(Json::from),
        text().prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let key = prop::sample::select(vec!["name", "size?", "note", "x"]).prop_map(str::to_owned);
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Json::from),
            vec((key, inner), 0..4).prop_map(|fields| Json::from(Map::from_iter(fields))),
        ]
    })
}

/// Makes an attribute with OpenTelemetry's types, as a program would by hand.
fn key_value(known: &[candor::Member], (key, json): &(String, Json)) -> Option<KeyValue> {
    let info = known.iter().map(|known| &*known.attribute).find(|info| info.name == *key);
    let value = match info {
        Some(info) if info.encoding == Encoding::Json || has_objects(&info.domain) => json.to_string().into(),
        _ => value(json)?,
    };
    Some(KeyValue::new(key.clone(), value))
}

fn has_objects(domain: &Domain) -> bool {
    match domain {
        Domain::List { item, .. } => has_objects(item),
        domain => matches!(domain, Domain::Object(_)),
    }
}

fn value(json: &Json) -> Option<Value> {
    Some(match json {
        Json::Null => return None,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match number.as_i64() {
            Some(value) => Value::I64(value),
            None => Value::F64(number.as_f64()?),
        },
        Json::String(text) => text.clone().into(),
        Json::Array(items) => Value::Array(match items.first() {
            Some(Json::Bool(_)) => Array::Bool(items.iter().filter_map(Json::as_bool).collect()),
            Some(Json::Number(number)) if number.is_i64() => {
                Array::I64(items.iter().filter_map(Json::as_i64).collect())
            }
            Some(Json::Number(_)) => Array::F64(items.iter().filter_map(Json::as_f64).collect()),
            _ => Array::String(items.iter().filter_map(Json::as_str).map(|text| text.to_owned().into()).collect()),
        }),
        Json::Object(_) => json.to_string().into(),
    })
}

fn key_values_of(name: &str, attributes: &Attributes) -> Vec<KeyValue> {
    let known = known(SignalKind::Span, name);
    attributes.iter().filter_map(|attribute| key_value(known, attribute)).collect()
}

fn check_accepted(consent: Consent, payload: &Payload, but: &[Rule]) -> Result<(), TestCaseError> {
    for level in LEVELS.into_iter().filter(|level| level.includes(consent)) {
        let violations = validator(level).check_payload(payload);
        let fine = violations.iter().all(|violation| but.contains(&violation.rule));
        prop_assert!(fine, "{consent} at {level}: {violations:?} in {}", payload.value);
    }
    Ok(())
}

/// A null field is the same as none, and 1 as a number is the same as 1.0.
fn normalised(json: &Json) -> Json {
    match json {
        Json::Array(items) => items.iter().map(normalised).collect(),
        Json::Object(map) => {
            let fields = map.iter().filter(|(key, value)| !value.is_null() && *key != "channels");
            Json::from_iter(fields.map(|(key, value)| (key.clone(), normalised(value))))
        }
        Json::Number(number) => Json::from(number.as_f64()),
        other => other.clone(),
    }
}

/// The attributes without what is collected only after the opt-in, at every depth.
fn without_opt_in(known: &[candor::Member], attributes: &Attributes) -> Attributes {
    let strip = |(key, value): &(String, Json)| {
        let info = known.iter().map(|known| &*known.attribute).find(|info| info.name == *key);
        let value = info.map_or(Some(value.clone()), |info| strip(info, value))?;
        Some((key.clone(), value))
    };
    attributes.iter().filter_map(strip).collect()
}

fn strip(info: &AttributeInfo, value: &Json) -> Option<Json> {
    Consent::Default.includes(info.needs).then(|| strip_parts(&info.domain, value))
}

fn strip_parts(domain: &Domain, value: &Json) -> Json {
    match (domain, value) {
        (Domain::List { item, .. }, Json::Array(items)) => items.iter().map(|value| strip_parts(item, value)).collect(),
        (Domain::Object(object), Json::Object(map)) => {
            let field = |key: &str| object.fields.iter().find(|field| field.name() == key);
            let strip = |(key, value): (&String, &Json)| {
                let value = field(key).map_or(Some(value.clone()), |field| strip(&field.attribute, value))?;
                Some((key.clone(), value))
            };
            Json::Object(map.iter().filter_map(strip).collect())
        }
        (_, value) => value.clone(),
    }
}

fn everything() -> impl Strategy<Value = Everything> {
    let parts = || of(vec(part(), 0..3));
    let paints = of(vec(prop_oneof![Just(Paint::Red), Just(Paint::Green)], 0..4));
    (any::<bool>(), of(text()), of(vec(text(), 0..4)), paints, parts(), parts(), of(part()), of(text())).prop_map(
        |(flag, word, words, colours, parts, json, part_one, secret)| Everything {
            flag,
            cut_word: word.clone().map(Into::into),
            word,
            words,
            colours,
            secret_parts: parts.clone(),
            parts,
            json,
            part_one,
            secret: secret.map(Into::into),
            ..NOTHING
        },
    )
}

fn part() -> impl Strategy<Value = Part> {
    (text(), of(-7..=12_i8), text()).prop_map(|(name, size, note)| Part { name: name.into(), size, note: note.into() })
}

fn config() -> ProptestConfig {
    let seeds = FileFailurePersistence::Direct("tests/otel_filter/equality.proptest-regressions");
    ProptestConfig { cases: 500, failure_persistence: Some(Box::new(seeds)), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_the_filter_lets_through_is_accepted(attributes in attributes(SignalKind::Span, "Everything")) {
        for consent in LEVELS {
            let span = filtered(consent, "Everything", key_values_of("Everything", &attributes)).expect("a span");
            check_accepted(consent, &span_payload(span), &[])?;
        }
    }

    #[test]
    fn opt_in_spans_are_accepted(attributes in attributes(SignalKind::Span, "Hidden")) {
        let attributes = key_values_of("Hidden", &attributes);
        prop_assert!(filtered(Consent::Default, "Hidden", attributes.clone()).is_none());
        let span = filtered(Consent::OptedIn, "Hidden", attributes).expect("a span");
        check_accepted(Consent::OptedIn, &span_payload(span), &[])?;
    }

    #[test]
    fn what_is_accepted_the_filter_does_not_change(attributes in attributes(SignalKind::Span, "Everything")) {
        let attributes = key_values_of("Everything", &attributes);
        let raw = span_payload(unfiltered("Everything", attributes.clone()));
        for consent in LEVELS {
            if validator(consent).check_payload(&raw).is_empty() {
                let span = filtered(consent, "Everything", attributes.clone()).expect("a span");
                prop_assert_eq!(span.dropped_attributes_count, 0);
                let kept = span_payload(span).value["attributes"].clone();
                prop_assert_eq!(normalised(&kept), normalised(&raw.value["attributes"]));
            }
        }
    }

    #[test]
    fn what_consent_keeps_back_leaves_no_trace(attributes in attributes(SignalKind::Span, "Everything")) {
        let without = without_opt_in(known(SignalKind::Span, "Everything"), &attributes);
        let sent = [attributes, without].map(|attributes| {
            filtered(Consent::Default, "Everything", key_values_of("Everything", &attributes)).expect("a span")
        });
        prop_assert_eq!(&sent[0].attributes, &sent[1].attributes);
        prop_assert_eq!(sent[0].dropped_attributes_count, sent[1].dropped_attributes_count);
    }

    /// One filter, two ways in: what an emitter gives after the opt-in becomes what it gives without.
    #[test]
    fn emitters_and_hand_written_calls_get_the_same(value in everything()) {
        for consent in LEVELS {
            let sent = send_spans(consent, |tracer| emit(tracer, Consent::OptedIn, &value));
            prop_assert_eq!(&sent.signals[0].attributes, &key_values(consent, &value).0);
        }
    }

    /// A log record of the SDK has no count of dropped attributes, so a missing one cannot be excused on the wire.
    #[test]
    fn events_are_accepted_but_for_what_is_missing(attributes in attributes(SignalKind::Event, "demo.noted")) {
        let known = known(SignalKind::Event, "demo.noted");
        for consent in LEVELS {
            let sent = send_logs(consent, |logger| {
                let mut record = logger.create_log_record();
                record.set_event_name("demo.noted");
                for pair in attributes.iter().filter_map(|attribute| key_value(known, attribute)) {
                    record.add_attribute(pair.key, any_value(pair.value));
                }
                logger.emit(record);
            });
            check_accepted(consent, &log_payload(&sent.signals[0]), &[Rule::MissingKey])?;
        }
    }
}

fn any_value(value: Value) -> AnyValue {
    match value {
        Value::Bool(value) => value.into(),
        Value::I64(value) => value.into(),
        Value::F64(value) => value.into(),
        Value::String(text) => text.into(),
        Value::Array(items) => AnyValue::from_iter([items.to_string()]),
        other => panic!("no such value: {other:?}"),
    }
}

/// The test above is worth something: a fair part of what it makes is accepted as it is.
#[test]
fn some_attributes_are_accepted_as_they_are() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let strategy = attributes(SignalKind::Span, "Everything");
    let accepted = |consent, attributes: &Attributes| {
        let raw = span_payload(unfiltered("Everything", key_values_of("Everything", attributes)));
        validator(consent).check_payload(&raw).is_empty()
    };
    let made: Vec<_> = (0..300).map(|_| strategy.new_tree(&mut runner).expect("attributes").current()).collect();
    let of = |consent| made.iter().filter(|attributes| accepted(consent, attributes)).count();
    assert!(of(Consent::OptedIn) > 20, "{}", of(Consent::OptedIn));
}
