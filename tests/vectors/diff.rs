//! Comparing catalogues: what the old domain does not cover widens the new one.

use candor_codegen::vectors::{Domain, Value, Vector, format};
use candor_schema::{Catalogue, Class, load_str};
use serde_json::{Value as Json, json};

use crate::compare::{Tally, word};
use crate::subjects::{row, subjects};

#[test]
fn comparing_catalogues() {
    let mut tally = Tally::new("comparing catalogues");
    for subject in subjects() {
        for pair in row(&subject).pairs {
            if holds_objects(&pair.old) || holds_objects(&pair.new) {
                tally.skip("objects are compared field by field");
                continue;
            }
            let (Some(old), Some(new)) = (catalogue(&pair.old), catalogue(&pair.new)) else {
                tally.skip("no catalogue may have such a domain");
                continue;
            };
            tally.said();
            let widens = widens(&old, &new);
            if widens == pair.covers {
                let verdict = if widens { "widens" } else { "does not widen" };
                let kind = format!("{} after {} {verdict}", word(&pair.new), word(&pair.old));
                tally.differs(kind, || format::write(&Vector::Pair(pair.clone())));
            }
        }
    }
    tally.finish();
}

fn widens(old: &Catalogue, new: &Catalogue) -> bool {
    let diff = candor_schema::diff(old, new);
    diff.changes.iter().any(|change| change.subject == "attributes.pair" && change.classes.contains(&Class::Widens))
}

/// A catalogue with one attribute. `None` where a check forbids its domain.
fn catalogue(domain: &Domain) -> Option<Catalogue> {
    let mut attribute = json!({"row": "usage", "collected": "default", "brief": "one side of a pair"});
    attribute["type"] = set_type(&mut attribute, domain);
    let text = json!({
        "candor": 1, "name": "pairs", "title": "Pairs", "version": "1.0.0", "service": "pairs",
        "rows": {"usage": {"title": "Usage"}}, "attributes": {"pair": attribute},
        "spans": {"pairs": {"name": "Pairs", "collected": "default", "brief": "pairs", "attributes": {"pair": "optional"}}},
    });
    load_str("pairs.yaml", &text.to_string()).catalogue
}

/// Sets the bounds of a type, and gives the type.
fn set_type(attribute: &mut Json, domain: &Domain) -> Json {
    let mut set = |key: &str, value: Option<Json>| {
        if let Some(value) = value {
            attribute[key] = value;
        }
    };
    match domain {
        Domain::Text { max_length, pattern } => {
            set("max_length", max_length.map(Json::from));
            set("pattern", pattern.as_deref().map(Json::from));
            json!("string")
        }
        Domain::Boolean => json!("boolean"),
        Domain::Int { minimum, maximum } => {
            set("minimum", minimum.map(Json::from));
            set("maximum", maximum.map(Json::from));
            json!("int")
        }
        Domain::Double { minimum, maximum } => {
            set("minimum", minimum.map(Json::from));
            set("maximum", maximum.map(Json::from));
            json!("double")
        }
        Domain::Timestamp => json!("timestamp"),
        Domain::OneOf { members, other } => {
            let mut ty = json!({"enum": members.iter().map(member).collect::<Vec<_>>()});
            if let Some(other) = other {
                ty["other"] = member(other);
            }
            ty
        }
        Domain::List { item, max_items } => {
            set("max_items", max_items.map(Json::from));
            json!([set_type(attribute, item)])
        }
        Domain::Map { key, value, max_items } => {
            set("max_items", max_items.map(Json::from));
            json!({"map": set_type(attribute, value), "keys": keys(key)})
        }
        Domain::Json { max_depth, max_length } => {
            set("max_depth", Some(json!(max_depth)));
            set("max_length", Some(json!(max_length)));
            json!("json")
        }
        Domain::Object { .. } => unreachable!("objects are skipped"),
    }
}

/// Lists what bounds the keys of a map.
fn keys(key: &Domain) -> Json {
    let mut keys = json!({});
    match (set_type(&mut keys, key), key) {
        (_, Domain::OneOf { members, .. }) => json!({"enum": members.iter().map(member).collect::<Vec<_>>()}),
        _ => keys,
    }
}

fn member(value: &Value) -> Json {
    match value {
        Value::Boolean(value) => json!(value),
        Value::Int(value) => json!(value),
        Value::Double(value) => json!(value),
        other => json!(other.as_text()),
    }
}

fn holds_objects(domain: &Domain) -> bool {
    match domain {
        Domain::Object { .. } => true,
        Domain::List { item, .. } => holds_objects(item),
        Domain::Map { value, .. } => holds_objects(value),
        _ => false,
    }
}
