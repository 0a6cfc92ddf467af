//! One span, log record or data point of OTLP/JSON as a payload.

use candor_domain::MARKER;
use candor_schema::{Catalogue, Signal, SignalKind};
use serde_json::Value;

use crate::draft::{Draft, Fields, Listed, any_value};
use crate::json::Json;

pub(crate) fn read_span(catalogue: &Catalogue, span: &Json) -> Result<Draft, String> {
    let mut fields = Fields::of(span).ok_or("a span is not an object")?;
    let name = fields.get("name").map_or_else(|| Value::from(""), |name| name.to_value().0);
    let mut draft = begin(catalogue, SignalKind::Span, name, &mut fields)?;
    draft.put_nanos("startTimeUnixNano", fields.get("startTimeUnixNano"));
    draft.put_nanos("endTimeUnixNano", fields.get("endTimeUnixNano"));
    draft.put_id("parentSpanId", fields.get("parentSpanId"));
    put_status(&mut draft, fields.get("status"));
    draft.put_text("traceState", fields.get("traceState"));
    draft.put_unless("spanKind", fields.get("kind"), is_span_kind);
    draft.put_list("events", fields.get("events"), read_span_event)?;
    draft.put_list("links", fields.get("links"), read_span_link)?;
    draft.put_count("droppedEventsCount", fields.get("droppedEventsCount"));
    draft.put_count("droppedLinksCount", fields.get("droppedLinksCount"));
    draft.put_rest(&fields);
    Ok(draft)
}

pub(crate) fn read_log_record(catalogue: &Catalogue, record: &Json) -> Result<Draft, String> {
    let mut fields = Fields::of(record).ok_or("a log record is not an object")?;
    let name = event_name(catalogue, record);
    let _ = fields.get("eventName");
    let mut draft = begin(catalogue, SignalKind::Event, name, &mut fields)?;
    let observed = fields.get("observedTimeUnixNano");
    let time = fields.get("timeUnixNano").filter(|time| time.as_integer::<u64>() != Some(0));
    draft.put_nanos("timeUnixNano", time.or(observed));
    draft.put_unless("observedTimeUnixNano", observed, |json| json.as_integer::<u64>().is_some());
    draft.put_number("severityNumber", fields.get("severityNumber"), severity_number);
    draft.put_text("severityText", fields.get("severityText"));
    let body = fields.get("body");
    let listed = known(catalogue, SignalKind::Event, draft.text("name").unwrap_or_default())
        .and_then(|signal| signal.body)
        .map_or(Listed::Not, |body| Listed::Yes(catalogue.attribute(body)));
    // Some SDKs say once more what the event is called.
    let is_name = matches!(listed, Listed::Not)
        && body.is_some_and(|body| {
            any_value(body, Listed::Not)
                .0
                .as_str()
                .is_some_and(|body| !body.is_empty() && draft.text("name") == Some(body))
        });
    draft.put_any_value("body", body.filter(|_| !is_name), listed);
    draft.put_rest(&fields);
    Ok(draft)
}

/// The attribute that has an event's name where `eventName` has not: before that member there was nothing else.
pub(crate) const EVENT_NAME: &str = "event.name";

/// Returns the name of an event: its `eventName`; without one, its attribute `event.name`; and where the catalogue has
/// no event of that name, its body, if the catalogue has one of that.
pub(crate) fn event_name(catalogue: &Catalogue, record: &Json) -> Value {
    let Some(mut fields) = Fields::of(record) else { return Value::from("") };
    let own = fields.get("eventName").map(|name| name.to_value().0).filter(|name| name.as_str() != Some(""));
    let name = own.or_else(|| attribute(fields.get("attributes"), EVENT_NAME).filter(Value::is_string));
    let is_known = |name: &Value| known(catalogue, SignalKind::Event, name.as_str().unwrap_or_default()).is_some();
    match (name, fields.get("body").map(|body| any_value(body, Listed::Not).0)) {
        (Some(name), Some(body)) if !is_known(&name) && is_known(&body) => body,
        (None, Some(body)) if is_known(&body) => body,
        (name, _) => name.unwrap_or_else(|| Value::from("")),
    }
}

/// The first value of an attribute.
fn attribute(attributes: Option<&Json>, name: &str) -> Option<Value> {
    let Some(Json::List(pairs)) = attributes else { return None };
    let mut pairs = pairs.iter().filter_map(Fields::of);
    let mut pair = pairs.find(|pair| pair.clone().get("key").and_then(Json::as_text) == Some(name))?;
    Some(any_value(pair.get("value")?, Listed::Not).0)
}

pub(crate) fn known<'c>(catalogue: &'c Catalogue, kind: SignalKind, name: &str) -> Option<&'c Signal> {
    catalogue.signals().iter().find(|signal| signal.kind == kind && signal.name == name)
}

/// Reads the fields that spans, log records and data points have in common.
pub(crate) fn begin(
    catalogue: &Catalogue,
    kind: SignalKind,
    name: Value,
    fields: &mut Fields<'_>,
) -> Result<Draft, String> {
    let mut draft = Draft::default();
    let signal = known(catalogue, kind, name.as_str().unwrap_or_default());
    let listed = |key: &str| listed(catalogue, signal, key);
    let mut attributes = Draft::default();
    attributes.put_attributes(fields.get("attributes"), &listed)?;
    if kind == SignalKind::Event
        && matches!(listed(EVENT_NAME), Listed::Not)
        && is_named(name.as_str().unwrap_or_default(), attributes.text(EVENT_NAME))
    {
        attributes.remove(EVENT_NAME);
    }
    let marker = attributes.text(MARKER).map(str::to_owned);
    if marker.is_some() {
        attributes.remove(MARKER);
    }
    draft.put("kind", Value::from(kind.word()));
    draft.put("name", name);
    draft.put_noted("attributes", attributes.finish());
    if let Some(marker) = marker {
        draft.put("channels", Value::from(marker));
    }
    draft.put_count("droppedAttributesCount", fields.get("droppedAttributesCount"));
    draft.put_id("traceId", fields.get("traceId"));
    draft.put_id("spanId", fields.get("spanId"));
    draft.put_unless("flags", fields.get("flags"), is_flags);
    Ok(draft)
}

/// Returns true if an attribute repeats the name of an event, with its namespace or without.
pub(crate) fn is_named(name: &str, attribute: Option<&str>) -> bool {
    let Some(attribute) = attribute else { return false };
    name.strip_suffix(attribute).is_some_and(|namespace| namespace.is_empty() || namespace.ends_with('.'))
}

/// Looks up whether the catalogue has objects under this key, or says that it travels as JSON. A text is no object, so
/// where there is one for an object it can only be the object's JSON, as from OpenTelemetry's span API, which has no
/// maps.
fn listed<'c>(catalogue: &'c Catalogue, signal: Option<&'c Signal>, key: &str) -> Listed<'c> {
    let body = signal.and_then(|signal| signal.body);
    let attributes = signal.into_iter().flat_map(|signal| &signal.attributes).map(|carried| carried.attribute);
    let mut attributes = attributes.filter(|id| body != Some(*id)).map(|id| catalogue.attribute(id));
    attributes.find(|attribute| attribute.name == key).map_or(Listed::Not, |attribute| Listed::Yes(attribute))
}

/// The same for an attribute of the process.
pub(crate) fn listed_for_resource<'c>(catalogue: &'c Catalogue, key: &str) -> Listed<'c> {
    let mut attributes = catalogue.resource().attributes.iter().map(|own| catalogue.attribute(own.attribute));
    attributes.find(|attribute| attribute.name == key).map_or(Listed::Not, |attribute| Listed::Yes(attribute))
}

/// The member `attributes`, always there.
fn put_attributes(draft: &mut Draft, json: Option<&Json>) -> Result<(), String> {
    let mut attributes = Draft::default();
    attributes.put_attributes(json, &|_| Listed::Not)?;
    draft.put_noted("attributes", attributes.finish());
    Ok(())
}

fn read_span_event(event: &Json) -> Result<Draft, String> {
    let mut fields = Fields::of(event).ok_or("an event of a span is not an object")?;
    let mut draft = Draft::default();
    draft.put_text("name", fields.get("name"));
    draft.put_nanos("timeUnixNano", fields.get("timeUnixNano"));
    put_attributes(&mut draft, fields.get("attributes"))?;
    draft.put_count("droppedAttributesCount", fields.get("droppedAttributesCount"));
    draft.put_rest(&fields);
    Ok(draft)
}

fn read_span_link(link: &Json) -> Result<Draft, String> {
    let mut fields = Fields::of(link).ok_or("a link of a span is not an object")?;
    let mut draft = Draft::default();
    draft.put_id("traceId", fields.get("traceId"));
    draft.put_id("spanId", fields.get("spanId"));
    draft.put_text("traceState", fields.get("traceState"));
    let mut attributes = Draft::default();
    attributes.put_attributes(fields.get("attributes"), &|_| Listed::Not)?;
    if !attributes.is_empty() {
        draft.put_noted("attributes", attributes.finish());
    }
    draft.put_count("droppedAttributesCount", fields.get("droppedAttributesCount"));
    draft.put_unless("flags", fields.get("flags"), is_flags);
    draft.put_rest(&fields);
    Ok(draft)
}

/// `{"code": n}`, unless the code is 0 and there is nothing else.
fn put_status(draft: &mut Draft, json: Option<&Json>) {
    let Some(json) = json else { return };
    let Some(mut fields) = Fields::of(json) else { return draft.put_noted("status", json.to_value()) };
    let mut status = Draft::default();
    status.put_number("code", fields.get("code"), status_code);
    status.put_text("message", fields.get("message"));
    status.put_rest(&fields);
    if !status.is_empty() {
        if !status.has("code") {
            status.put("code", Value::from(0));
        }
        draft.put_noted("status", status.finish());
    }
}

pub(crate) fn status_code(json: &Json) -> Option<u64> {
    number_or_name(json, &["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"])
}

fn is_span_kind(json: &Json) -> bool {
    span_kind(json).is_some()
}

pub(crate) fn span_kind(json: &Json) -> Option<u64> {
    const NAMES: [&str; 6] = [
        "SPAN_KIND_UNSPECIFIED",
        "SPAN_KIND_INTERNAL",
        "SPAN_KIND_SERVER",
        "SPAN_KIND_CLIENT",
        "SPAN_KIND_PRODUCER",
        "SPAN_KIND_CONSUMER",
    ];
    number_or_name(json, &NAMES).filter(|kind| *kind < NAMES.len() as u64)
}

fn is_flags(json: &Json) -> bool {
    json.as_integer::<u32>().is_some()
}

/// `SEVERITY_NUMBER_TRACE` is 1, `…_TRACE2` is 2, and so on to `…_FATAL4`, which is 24.
fn severity_number(json: &Json) -> Option<u64> {
    const LEVELS: [&str; 6] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
    let named = |text: &str| {
        let name = text.strip_prefix("SEVERITY_NUMBER_")?;
        let level = LEVELS.iter().position(|level| name.starts_with(level))?;
        let step = ["", "2", "3", "4"].iter().position(|step| name[LEVELS[level].len()..] == **step)?;
        Some((level * 4 + step + 1) as u64)
    };
    match json {
        Json::Text(text) if text == "SEVERITY_NUMBER_UNSPECIFIED" => Some(0),
        Json::Text(text) => named(text).or_else(|| json.as_integer()),
        json => json.as_integer(),
    }
}

/// A member of an enumeration, which names the numbers from 0.
pub(crate) fn number_or_name(json: &Json, names: &[&str]) -> Option<u64> {
    let named = if let Json::Text(text) = json { names.iter().position(|name| name == text) } else { None };
    named.map(|number| number as u64).or_else(|| json.as_integer())
}
