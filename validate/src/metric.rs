//! One metric of OTLP/JSON as a payload.
//!
//! No catalogue lists metrics yet, so nothing of them is judged by its type. They are read to be searched: their texts,
//! and the attributes of their data points and exemplars, which become objects wherever they stand.

use serde_json::Value;

use crate::draft::{Draft, Fields, Listed};
use crate::json::{Json, Noted};

/// The value of `kind` in the payload form.
pub(crate) const KIND: &str = "metric";

/// Reads a `Metric`.
pub(crate) fn read(metric: &Json) -> Result<Draft, String> {
    let mut fields = Fields::of(metric).ok_or("a metric is not an object")?;
    let mut draft = Draft::default();
    draft.put("kind", Value::from(KIND));
    draft.put_noted("name", fields.get("name").unwrap_or(&Json::Text(String::new())).to_value());
    draft.put_text("description", fields.get("description"));
    draft.put_text("unit", fields.get("unit"));
    for (key, json) in fields.rest() {
        draft.put_noted(key, unfolded(key, json)?);
    }
    Ok(draft)
}

/// A part of a metric, with lists of `KeyValue` as objects.
fn unfolded(key: &str, json: &Json) -> Result<Noted, String> {
    match (key, json) {
        ("attributes" | "filteredAttributes" | "metadata", Json::List(_)) => {
            let mut attributes = Draft::default();
            attributes.put_attributes(Some(json), &|_| Listed::Not)?;
            Ok(attributes.finish())
        }
        (_, Json::Object(members)) => {
            let mut draft = Draft::default();
            for (key, json) in members {
                draft.put_noted(key, unfolded(key, json)?);
            }
            Ok(draft.finish())
        }
        (_, Json::List(items)) => {
            let items = items.iter().map(|item| unfolded("", item)).collect::<Result<_, _>>()?;
            Ok(crate::draft::list(items))
        }
        _ => Ok(json.to_value()),
    }
}
