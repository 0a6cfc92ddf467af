//! Comparing catalogues: what the old domain does not cover widens the new one.

use candor_codegen::vectors::{Domain, PairVector, Vector, format};
use candor_schema::{Catalogue, Class, load_str};
use serde_json::{Map, Value as Json, json};

use crate::compare::{Tally, word};
use crate::subjects::{row, subjects};

#[test]
fn comparing_catalogues() {
    let mut tally = Tally::new("comparing catalogues");
    for subject in subjects() {
        let pairs = row(&subject).pairs.into_iter();
        let (pairs, skipped): (Vec<_>, Vec<_>) =
            pairs.partition(|pair| !holds_objects(&pair.old) && !holds_objects(&pair.new));
        skipped.iter().for_each(|_| tally.skip("objects are compared field by field"));
        for pairs in pairs.chunks(100) {
            for (pair, widens) in pairs.iter().zip(widening(pairs)) {
                tally.said();
                if widens == pair.covers {
                    let verdict = if widens { "widens" } else { "does not widen" };
                    let kind = format!("{} after {} {verdict}", word(&pair.new), word(&pair.old));
                    tally.differs(kind, || format::write(&Vector::Pair(pair.clone())));
                }
            }
        }
    }
    tally.finish();
}

fn widening(pairs: &[PairVector]) -> Vec<bool> {
    let old = catalogue(pairs.iter().map(|pair| &pair.old));
    let new = catalogue(pairs.iter().map(|pair| &pair.new));
    let diff = candor_schema::diff(&old, &new);
    let widens = |position: usize| {
        let subject = format!("attributes.pair_{position}");
        diff.changes.iter().any(|change| change.subject == subject && change.classes.contains(&Class::Widens))
    };
    (0..pairs.len()).map(widens).collect()
}

fn catalogue<'d>(domains: impl Iterator<Item = &'d Domain>) -> Catalogue {
    let (mut attributes, mut carried) = (Map::new(), Map::new());
    for (position, domain) in domains.enumerate() {
        let mut attribute = json!({"row": "usage", "collected": "default", "brief": format!("pair number {position}")});
        attribute["type"] = set_type(&mut attribute, domain);
        attributes.insert(format!("pair_{position}"), attribute);
        carried.insert(format!("pair_{position}"), json!("optional"));
    }
    let text = json!({
        "candor": 1, "name": "pairs", "title": "Pairs", "version": "1.0.0", "service": "pairs",
        "rows": {"usage": {"title": "Usage"}}, "attributes": attributes,
        "spans": {"pairs": {"name": "Pairs", "collected": "default", "brief": "pairs", "attributes": carried}},
    });
    let loaded = load_str("pairs.yaml", &text.to_string());
    loaded.catalogue.unwrap_or_else(|| panic!("{:#?}", loaded.findings))
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
        Domain::OneOf(members) => json!({"enum": members}),
        Domain::List { item, max_items } => {
            set("max_items", max_items.map(Json::from));
            json!([set_type(attribute, item)])
        }
        Domain::Object { .. } => unreachable!("objects are skipped"),
    }
}

fn holds_objects(domain: &Domain) -> bool {
    match domain {
        Domain::Object { .. } => true,
        Domain::List { item, .. } => holds_objects(item),
        _ => false,
    }
}
