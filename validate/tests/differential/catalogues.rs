//! Catalogues with everything in them that a catalogue may have.

use candor_schema::Catalogue;
use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::payloads::PATTERNS;

/// Names on the wire that JSON, JSON Pointer or a hash may stumble over.
const NAMES: [&str; 12] = [
    "verbose?",
    "a/b",
    "a~b",
    "with \"quotes\"",
    "back\\slash",
    "ä",
    "schlüssel der mehr als acht bytes hat",
    "service.name",
    "kind",
    "attributes",
    "😀",
    "droppedAttributesCount",
];

pub fn random(random: &mut Rng) -> Catalogue {
    let attributes = attributes(random);
    let text = json!({
        "candor": 1,
        "name": "random",
        "title": "Random",
        "version": "1.0.0",
        "service": "random-telemetry",
        "consent": {"opt_in": "share"},
        "rows": {"usage": {"title": "Usage"}, "details": {"title": "Details"}},
        "attributes": attributes,
        "objects": objects(&attributes, random),
        "spans": signals("Span", &attributes, random),
        "events": signals("event", &attributes, random),
    })
    .to_string();
    let loaded = candor_schema::load_str("random.yaml", &text);
    loaded.catalogue.unwrap_or_else(|| panic!("{:#?} in {text}", loaded.findings))
}

/// The numbers of attributes of each kind: values for signals, for objects, and those that hold objects.
const VALUES: usize = 12;
const FIELDS: usize = 8;
const HOLDERS: usize = 4;

fn attributes(random: &mut Rng) -> Map<String, Value> {
    let mut attributes = Map::new();
    for index in 0..VALUES {
        attributes.insert(format!("value_{index}"), attribute(&format!("value {index}"), index, random));
    }
    for index in 0..FIELDS {
        attributes.insert(format!("field_{index}"), attribute("", index, random));
    }
    // Objects that are in objects, and objects that are in signals.
    for index in 0..HOLDERS {
        let object = ["inner", "outer"][index / 2];
        let ty = if index % 2 == 0 { json!(object) } else { json!([object]) };
        let mut holder = json!({"row": "usage", "collected": "default", "type": ty, "brief": "objects"});
        if index % 2 == 1 && random.bool() {
            holder["max_items"] = random.usize(..4).into();
        }
        attributes.insert(format!("holder_{index}"), holder);
    }
    attributes
}

fn attribute(name: &str, index: usize, random: &mut Rng) -> Value {
    // The first two are as they are, so that both kinds are always there.
    let opt_in = index == 1 || (index > 1 && random.usize(..4) == 0);
    let mut attribute = json!({
        "row": if opt_in { "details" } else { "usage" },
        "collected": if opt_in { "opt_in" } else { "default" },
        "brief": "something",
    });
    if !name.is_empty() && random.bool() {
        attribute["name"] = json!(if random.bool() { NAMES[index % NAMES.len()] } else { name });
    }
    if opt_in && index > 1 && random.usize(..4) == 0 {
        // Its length is left to the vectors: a JSON Schema cannot say it.
        (attribute["max_depth"], attribute["max_length"]) = (random.usize(..4).into(), 100_000.into());
        attribute["type"] = json!("json");
        return attribute;
    }
    if random.usize(..4) == 0 {
        attribute["nullable"] = true.into();
    }
    if random.usize(..4) == 0 {
        set_map(&mut attribute, random);
        return attribute;
    }
    let ty = set_type(&mut attribute, random);
    let is_list = random.usize(..4) == 0;
    attribute["type"] = if is_list { json!([ty]) } else { ty };
    if is_list && random.bool() {
        attribute["max_items"] = random.usize(..5).into();
    }
    attribute
}

/// Makes an attribute a map.
fn set_map(attribute: &mut Value, random: &mut Rng) {
    let keys = match random.usize(..3) {
        0 => json!({"max_length": random.usize(1..5)}),
        1 => json!({"pattern": "^[0-9a-f]{4}$"}),
        _ => json!({"enum": ["fast", "very slow", "ä"]}),
    };
    let value = set_type(attribute, random);
    attribute["type"] = json!({"map": value, "keys": keys});
    attribute["max_items"] = random.usize(..4).into();
}

/// Sets the bounds of a type, and returns it.
fn set_type(attribute: &mut Value, random: &mut Rng) -> Value {
    match random.usize(..8) {
        0 | 1 => {
            attribute["max_length"] = [0, 1, 5, 8, 16, 300][random.usize(..6)].into();
            json!("string")
        }
        2 => {
            let (pattern, texts) = PATTERNS[random.usize(..PATTERNS.len())];
            attribute["pattern"] = pattern.into();
            if random.bool() {
                // A pattern that matches nothing that short is a mistake.
                let shortest = texts.iter().map(|text| text.chars().count()).min().unwrap_or_default();
                attribute["max_length"] = random.usize(shortest.max(3)..=40).into();
            }
            json!("string")
        }
        3 => {
            const MEMBERS: [&str; 6] = ["fast", "very slow", "ä", "a\"b", "😀", "fa"];
            match random.usize(..4) {
                0 => json!({"enum": [1, "one", true, 2.5]}),
                1 => json!({"enum": MEMBERS[..3], "other": "other"}),
                _ => json!({"enum": MEMBERS[..random.usize(1..=MEMBERS.len())]}),
            }
        }
        4 => {
            const BOUNDS: [i64; 6] = [i64::MIN, -5, 0, 3, 1 << 53, i64::MAX];
            let first = random.usize(..BOUNDS.len());
            if random.bool() {
                attribute["minimum"] = BOUNDS[first].into();
            }
            if random.bool() {
                attribute["maximum"] = BOUNDS[random.usize(first..BOUNDS.len())].into();
            }
            json!("int")
        }
        5 => {
            const BOUNDS: [f64; 6] = [-1e300, -0.5, 0.0, 0.1, 9_007_199_254_740_992.0, 1e20];
            let first = random.usize(..BOUNDS.len());
            if random.bool() {
                attribute["minimum"] = BOUNDS[first].into();
            }
            if random.bool() {
                attribute["maximum"] = BOUNDS[random.usize(first..BOUNDS.len())].into();
            }
            json!("double")
        }
        6 => json!("boolean"),
        _ => json!("timestamp"),
    }
}

fn objects(attributes: &Map<String, Value>, random: &mut Rng) -> Value {
    let mut objects = [Map::new(), Map::new()];
    for index in 0..FIELDS {
        let fields = &mut objects[index % 2];
        let name = NAMES[random.usize(..NAMES.len())];
        let name = if fields.contains_key(name) || random.bool() { format!("field {index}") } else { name.to_owned() };
        let id = format!("field_{index}");
        fields.insert(name, json!({"attribute": id, "requirement": requirement(attributes, &id, false, random)}));
    }
    let [inner, mut outer] = objects;
    for holder in ["holder_0", "holder_1"] {
        outer.insert(holder.to_owned(), json!({"attribute": holder, "requirement": "optional"}));
    }
    json!({"inner": {"fields": inner}, "outer": {"fields": outer}})
}

/// Picks a requirement. A signal sent by default cannot ask for an opt-in attribute.
fn requirement(attributes: &Map<String, Value>, id: &str, opt_in: bool, random: &mut Rng) -> &'static str {
    let can_be_required = opt_in || attributes[id]["collected"] == "default";
    if can_be_required && random.bool() { "required" } else { "optional" }
}

fn signals(word: &str, attributes: &Map<String, Value>, random: &mut Rng) -> Value {
    let mut signals = Map::new();
    for (index, opt_in) in [false, false, true].into_iter().enumerate() {
        let mut carried = Map::new();
        let ids = (0..VALUES).map(|value| format!("value_{value}"));
        for id in ids.chain(["holder_2", "holder_3"].map(str::to_owned)) {
            // The first signal has everything, so that nothing is unused.
            if index == 0 || random.bool() {
                let requirement = requirement(attributes, &id, opt_in, random);
                carried.insert(id, requirement.into());
            }
        }
        let mut signal = json!({
            "name": format!("{word} {index}"),
            "collected": if opt_in { "opt_in" } else { "default" },
            "brief": "it happened",
            "attributes": carried,
        });
        // Spans of the catalogue, one that needs a permission, and those of other processes.
        let spans = ["span_0", "span_2", "remote"];
        signal["parents"] = spans.iter().copied().filter(|_| random.usize(..4) == 0).collect();
        if word == "Span" {
            signal["links_to"] = spans.iter().copied().filter(|_| random.usize(..4) == 0).collect();
        }
        if opt_in {
            signal["row"] = json!("details");
        }
        signals.insert(format!("{}_{index}", word.to_lowercase()), signal);
    }
    signals.into()
}
