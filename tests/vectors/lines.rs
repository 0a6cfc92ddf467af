//! Lines of the format, read again. What people write may be shorter: `{"int": 3}`, `{"double": 0.5}`, `{"text": "hi"}`,
//! and reasons that count one.

use candor_codegen::vectors::{Filtered, Reason, SignalVector, Skip, Value, Why};
use serde_json::Value as Json;

/// The vector of a signal that a line is. Each part that is none is named.
pub fn read(line: &str) -> Result<SignalVector, String> {
    let line: Json = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let skip = line["skip"].as_object().cloned().unwrap_or_default();
    let skip = skip.into_iter().map(|(voice, why)| Skip { voice, why: why.as_str().unwrap_or_default().to_owned() });
    Ok(SignalVector {
        signal: text(&line["signal"])?,
        consent: list(&line["consent"])?.iter().map(text).collect::<Result<_, _>>()?,
        members: read_members(&line["members"])?,
        filtered: read_filtered(&line["filtered"])?,
        valid: line["valid"].as_bool().ok_or("`valid` is no boolean")?,
        skip: skip.collect(),
    })
}

fn read_filtered(json: &Json) -> Result<Filtered, String> {
    let payload = if json["payload"].is_null() { None } else { Some(read_members(&json["payload"])?) };
    let reason = |json: &Json| {
        let why = Why::named(&text(&json["why"])?).ok_or_else(|| format!("{json}: unknown reason"))?;
        let count = json["count"].as_u64().unwrap_or(1) as u32;
        Ok(Reason { path: text(&json["path"])?, why, count })
    };
    let reasons = json["reasons"].as_array().map(Vec::as_slice).unwrap_or_default();
    let reasons = reasons.iter().map(reason).collect::<Result<Vec<_>, String>>()?;
    Ok(Filtered { payload, dropped: json["dropped"].as_u64().unwrap_or_default() as u32, reasons })
}

fn read_members(json: &Json) -> Result<Vec<(String, Value)>, String> {
    list(json)?.iter().map(|pair| Ok((text(&pair[0])?, read_value(&pair[1])?))).collect()
}

/// The value behind a tag.
pub fn read_value(json: &Json) -> Result<Value, String> {
    let tagged = json.as_object().filter(|tagged| tagged.len() == 1).and_then(|tagged| tagged.iter().next());
    let (tag, inner) = tagged.ok_or_else(|| format!("{json} is no value with a tag"))?;
    let value = match (tag.as_str(), inner) {
        ("null", Json::Null) => Some(Value::Null),
        ("bool", Json::Bool(value)) => Some(Value::Boolean(*value)),
        ("int", Json::String(digits)) => digits.parse().ok().map(Value::Int),
        ("int", number) => number.as_i64().map(Value::Int),
        ("double", Json::String(bits)) => {
            u64::from_str_radix(bits, 16).ok().map(|bits| Value::Double(f64::from_bits(bits)))
        }
        ("double", number) => number.as_f64().map(Value::Double),
        ("text", Json::String(text)) => Some(Value::text(text)),
        ("text", units) => {
            let unit = |unit: &Json| unit.as_u64().and_then(|unit| u16::try_from(unit).ok());
            units.as_array().and_then(|units| units.iter().map(unit).collect()).map(Value::Text)
        }
        ("list", items) => Some(Value::List(list(items)?.iter().map(read_value).collect::<Result<_, _>>()?)),
        ("object", pairs) => Some(Value::Object(read_members(pairs)?)),
        ("raw", Json::String(text)) => Some(Value::Raw(text.clone())),
        _ => None,
    };
    value.ok_or_else(|| format!("{json} is no value with a tag"))
}

fn text(json: &Json) -> Result<String, String> {
    json.as_str().map(str::to_owned).ok_or_else(|| format!("{json} is no text"))
}

fn list(json: &Json) -> Result<&[Json], String> {
    json.as_array().map(Vec::as_slice).ok_or_else(|| format!("{json} is no list"))
}

#[test]
fn a_line_is_read_as_what_it_was() {
    use candor_codegen::vectors::{Vector, render};
    for vector in crate::subjects::row(&crate::subjects::core()).signals {
        let line = render(&Vector::Signal(vector.into()));
        let again = read(&line).expect("a vector");
        assert_eq!(render(&Vector::Signal(again.into())), line);
    }
}

#[test]
fn what_is_no_value_is_told() {
    let read = |text: &str| read_value(&serde_json::from_str(text).expect("JSON"));
    assert_eq!(read(r#"{"int": 3}"#), Ok(Value::Int(3)));
    assert_eq!(read(r#"{"double": 0.5}"#), Ok(Value::Double(0.5)));
    assert_eq!(read(r#"{"text": "ä"}"#), Ok(Value::text("ä")));
    for wrong in ["3", "{}", r#"{"int": 3, "raw": "3"}"#, r#"{"int": "3.0"}"#, r#"{"text": [65536]}"#, r#"{"bool": 1}"#]
    {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}
