//! Output of OpenTelemetry's console exporter in Python, a JSON document per span or log record, as OTLP/JSON.
//!
//! Members that OTLP has under another name get that; the others stay, so that nothing is lost.

use crate::json::Json;

/// The factor by which it may outweigh other JSON: it is kept as it was printed, and as the request that it becomes.
pub(crate) const WEIGHT: usize = 2;

/// An OTLP request with the one span or log record that a document is; `None` when it is neither.
pub(crate) fn request(json: &Json) -> Option<Json> {
    let Json::Object(members) = json else { return None };
    let names = names(members)?;
    let resource = get(members, "resource").map(|resource| ("resource".to_owned(), part("resource", resource)));
    let [groups, scopes, elements] = names;
    let signal = Json::Object(signal(members));
    let scope = object([(scopes.to_owned(), list(object([(elements.to_owned(), list(signal))])))]);
    let Json::Object(mut group) = scope else { return None };
    group.extend(resource);
    Some(object([(groups.to_owned(), list(Json::Object(group)))]))
}

/// Returns true if a document is a span or a log record.
pub(crate) fn is_one(json: &Json) -> bool {
    matches!(json, Json::Object(members) if names(members).is_some())
}

/// Returns OTLP's names of the lists around it.
fn names(members: &[(String, Json)]) -> Option<[&'static str; 3]> {
    let kind = get(members, "kind").and_then(Json::as_text);
    let is_span = kind.is_some_and(|kind| kind.starts_with("SpanKind."))
        && matches!(get(members, "context"), Some(Json::Object(_)));
    let is_log = get(members, "severity_number").is_some() && get(members, "trace_id").is_some() && kind.is_none();
    match (is_span, is_log) {
        (true, _) => Some(["resourceSpans", "scopeSpans", "spans"]),
        (_, true) => Some(["resourceLogs", "scopeLogs", "logRecords"]),
        _ => None,
    }
}

fn get<'j>(members: &'j [(String, Json)], name: &str) -> Option<&'j Json> {
    members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn signal(members: &[(String, Json)]) -> Vec<(String, Json)> {
    let mut signal = Vec::new();
    let is_nothing =
        |key: &str, value: &Json| *value == Json::Null || (key == "schema_url" && value.as_text() == Some(""));
    for (key, value) in members.iter().filter(|(key, value)| key != "resource" && !is_nothing(key, value)) {
        match (key.as_str(), value) {
            ("context", Json::Object(context)) => signal.extend(context.iter().map(|(key, value)| member(key, value))),
            (key, value) => signal.push(member(key, value)),
        }
    }
    signal
}

/// A member under the name and in the form that OTLP has for it.
fn member(key: &str, value: &Json) -> (String, Json) {
    let name = match key {
        "trace_id" => "traceId",
        "span_id" => "spanId",
        "parent_id" => "parentSpanId",
        "trace_state" => "traceState",
        "trace_flags" => "flags",
        "start_time" => "startTimeUnixNano",
        "end_time" => "endTimeUnixNano",
        "timestamp" => "timeUnixNano",
        "observed_timestamp" => "observedTimeUnixNano",
        "severity_number" => "severityNumber",
        "severity_text" => "severityText",
        "event_name" => "eventName",
        "schema_url" => "schemaUrl",
        "dropped_attributes" => "droppedAttributesCount",
        "status_code" => "code",
        "description" => "message",
        other => other,
    };
    (name.to_owned(), part(name, value))
}

fn part(name: &str, value: &Json) -> Json {
    let text = value.as_text().unwrap_or_default();
    match (name, value) {
        ("attributes", Json::Object(attributes)) => Json::List(attributes.iter().map(pair).collect()),
        ("body", value) => any_value(value),
        ("traceId" | "spanId" | "parentSpanId", Json::Text(id)) => Json::Text(id.trim_start_matches("0x").to_owned()),
        ("kind", Json::Text(kind)) => Json::Text(format!("SPAN_KIND_{}", kind.trim_start_matches("SpanKind."))),
        ("code", Json::Text(code)) => Json::Text(format!("STATUS_CODE_{code}")),
        // An empty list is how Python prints that there is no trace state.
        ("traceState", Json::Text(state)) if state == "[]" => Json::Null,
        (name, Json::Text(_)) if name.ends_with("UnixNano") => nanos(text).map_or_else(|| value.clone(), Json::Text),
        ("events" | "links", Json::List(items)) => Json::List(items.iter().map(element).collect()),
        ("status" | "resource", Json::Object(members)) => Json::Object(signal(members)),
        _ => value.clone(),
    }
}

/// An event or a link of a span.
fn element(json: &Json) -> Json {
    match json {
        Json::Object(members) => Json::Object(signal(members)),
        other => other.clone(),
    }
}

fn pair((key, value): &(String, Json)) -> Json {
    object([("key".to_owned(), Json::Text(key.clone())), ("value".to_owned(), any_value(value))])
}

/// Plain JSON as an `AnyValue`.
fn any_value(json: &Json) -> Json {
    let (kind, value) = match json {
        Json::Null => return Json::Object(Vec::new()),
        Json::Text(_) => ("stringValue", json.clone()),
        Json::Bool(_) => ("boolValue", json.clone()),
        Json::Number(number) if number.is_f64() => ("doubleValue", json.clone()),
        Json::Number(_) => ("intValue", json.clone()),
        Json::List(items) => ("arrayValue", values(items.iter().map(any_value))),
        Json::Object(_) if json.broken().is_some() => ("stringValue", json.clone()),
        Json::Object(members) => ("kvlistValue", values(members.iter().map(pair))),
    };
    object([(kind.to_owned(), value)])
}

fn values(values: impl Iterator<Item = Json>) -> Json {
    object([("values".to_owned(), Json::List(values.collect()))])
}

fn object<const N: usize>(members: [(String, Json); N]) -> Json {
    Json::Object(members.into())
}

fn list(item: Json) -> Json {
    Json::List(vec![item])
}

/// `2026-11-30T12:00:00.123456Z` in nanoseconds since 1970.
fn nanos(text: &str) -> Option<String> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers(date, '-')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, ""));
    let [hour, minute, second] = numbers(time, ':')?;
    let fraction = format!("{fraction:0<9}").parse::<u64>().ok().filter(|_| fraction.len() <= 9)?;
    let is_date = (1970..2500).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    let days = days_since_1970(year, month, day);
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second;
    is_date.then(|| (seconds * 1_000_000_000 + fraction).to_string())
}

fn numbers(text: &str, sign: char) -> Option<[u64; 3]> {
    let numbers: Vec<u64> = text.split(sign).map_while(|number| number.parse().ok()).collect();
    numbers.try_into().ok()
}

/// Years begin in March, so that the leap day is their last.
fn days_since_1970(year: u64, month: u64, day: u64) -> u64 {
    const TO_1970: u64 = 719_468;
    let year = if month <= 2 { year.saturating_sub(1) } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day;
    (year * 365 + year / 4 - year / 100 + year / 400 + day_of_year).saturating_sub(TO_1970 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_in_time() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some("0")),
            ("2024-02-29T12:34:56.789Z", Some("1709210096789000000")),
            ("2026-11-30T16:09:11.939149Z", Some("1796054951939149000")),
            ("2026-11-30", None),
            ("2026-13-30T00:00:00Z", None),
            ("yesterday", None),
        ] {
            assert_eq!(nanos(text).as_deref(), expected, "{text}");
        }
    }
}
