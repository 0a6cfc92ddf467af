//! OpenTelemetry's values, as the sieve looks at them.

use std::collections::hash_map;
use std::iter::Map;

use candor_domain::{Given, Look};
use opentelemetry::logs::AnyValue;
use opentelemetry::{Array, Key, Value};

/// A value of a span's or a log record's attribute, or a part of one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Foreign<'v> {
    Span(&'v Value),
    Log(&'v AnyValue),
    Text(&'v str),
    Boolean(bool),
    Int(i64),
    Double(f64),
}

type Fields<'v> = Map<hash_map::Iter<'v, Key, AnyValue>, fn((&'v Key, &'v AnyValue)) -> (&'v str, Foreign<'v>)>;

impl<'v> Given<'v> for Foreign<'v> {
    type Items = Items<'v>;
    type Fields = Fields<'v>;

    fn look(self) -> Look<'v, Items<'v>, Fields<'v>> {
        match self {
            Foreign::Span(Value::Bool(value)) | Foreign::Log(AnyValue::Boolean(value)) => Look::Boolean(*value),
            Foreign::Span(Value::I64(value)) | Foreign::Log(AnyValue::Int(value)) => Look::Int(*value),
            Foreign::Span(Value::F64(value)) | Foreign::Log(AnyValue::Double(value)) => Look::Double(*value),
            Foreign::Span(Value::String(text)) | Foreign::Log(AnyValue::String(text)) => Look::Text(text.as_str()),
            Foreign::Span(Value::Array(array)) => Look::List(Items::Array { array, next: 0 }),
            Foreign::Log(AnyValue::ListAny(items)) => Look::List(Items::Any(items.iter())),
            Foreign::Log(AnyValue::Map(map)) => {
                Look::Object(map.iter().map(|(key, value)| (key.as_str(), Foreign::Log(value))))
            }
            Foreign::Text(text) => Look::Text(text),
            Foreign::Boolean(value) => Look::Boolean(value),
            Foreign::Int(value) => Look::Int(value),
            Foreign::Double(value) => Look::Double(value),
            Foreign::Span(_) | Foreign::Log(_) => Look::Unfit, // bytes, and kinds that later versions have
        }
    }
}

/// The items of a list.
pub(super) enum Items<'v> {
    Array { array: &'v Array, next: usize },
    Any(std::slice::Iter<'v, AnyValue>),
}

impl<'v> Iterator for Items<'v> {
    type Item = Foreign<'v>;

    fn next(&mut self) -> Option<Foreign<'v>> {
        match self {
            Items::Any(items) => items.next().map(Foreign::Log),
            Items::Array { array, next } => {
                let item = match array {
                    Array::Bool(items) => items.get(*next).map(|item| Foreign::Boolean(*item)),
                    Array::I64(items) => items.get(*next).map(|item| Foreign::Int(*item)),
                    Array::F64(items) => items.get(*next).map(|item| Foreign::Double(*item)),
                    Array::String(items) => items.get(*next).map(|item| Foreign::Text(item.as_str())),
                    _ => None,
                };
                *next += 1;
                item
            }
        }
    }
}
