//! The members of a payload that are the same for every signal of a kind: times, channels, ids and status.

use candor_schema::{Join, MOST_LINKS, SignalKind};
use serde_json::{Map, Value, json};

/// The names of some of these channels, sorted, with commas. `None` where there are none.
pub(super) fn marker(names: &[String]) -> Option<Value> {
    let after = |position: usize| names[position + 1..].iter().map(|name| format!("(,{name})?")).collect::<String>();
    let texts: Vec<_> = names.iter().enumerate().map(|(position, name)| format!("{name}{}", after(position))).collect();
    (!texts.is_empty()).then(|| {
        json!({
            "description": "The permissions that it needs beyond what is collected by default.",
            "type": "string",
            "pattern": format!("^({})$", texts.join("|")),
        })
    })
}

pub(super) fn nanoseconds() -> Value {
    json!({ "description": "Nanoseconds since 1970, in UTC.", "type": "string", "pattern": "^[0-9]{1,20}$" })
}

/// The members of a payload besides its name, times and attributes.
pub(super) fn envelope(kind: SignalKind, joins: &[Join]) -> Map<String, Value> {
    let mut properties = into_map(json!({
        "droppedAttributesCount": {
            "description": "How many values were left out because their domain does not admit them.",
            "type": "integer",
            "minimum": 1,
            "maximum": u32::MAX,
        },
    }));
    let is_child = joins.contains(&Join::Parent);
    if kind == SignalKind::Span || is_child {
        properties.extend(into_map(ids()));
    }
    if kind == SignalKind::Span {
        properties.extend(is_child.then(|| ("parentSpanId".to_owned(), span_id())));
        properties.extend(joins.contains(&Join::Link).then(|| ("links".to_owned(), links())));
        properties.insert("status".to_owned(), status());
    }
    properties
}

fn ids() -> Value {
    json!({ "traceId": { "type": "string", "pattern": "^[0-9a-f]{32}$" }, "spanId": span_id() })
}

fn span_id() -> Value {
    json!({ "type": "string", "pattern": "^[0-9a-f]{16}$" })
}

/// Links without attributes, which no catalogue lists.
fn links() -> Value {
    json!({
        "description": "The spans that it links to.",
        "type": "array",
        "items": {
            "type": "object",
            "properties": ids(),
            "required": ["traceId", "spanId"],
            "additionalProperties": false,
        },
        "maxItems": MOST_LINKS,
    })
}

fn status() -> Value {
    json!({
        "description": "0 unset, 1 ok, 2 error. It has no message: that would be free text.",
        "type": "object",
        "properties": { "code": { "enum": [0, 1, 2] } },
        "required": ["code"],
        "additionalProperties": false,
    })
}

/// The members of a value that is written as an object right where this is called.
pub(super) fn into_map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
