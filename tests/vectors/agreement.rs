//! Stored agreement: what a user agreed to covers what a later catalogue asks for, or they are told what is beyond it.
//! Each pair of domains is one attribute of a catalogue, as it was and as it is.

use candor::{AttributeInfo, Catalogue, Choice, Consent, Disclosure, Pattern, Pipeline, Shared, Store, define};
use candor_codegen::vectors::{Domain, PairVector, Value, Vector, format};

use crate::compare::{Tally, word};
use crate::subjects::{row, subjects};

#[test]
fn stored_agreement() {
    let mut tally = Tally::new("stored agreement");
    for subject in subjects() {
        for pairs in row(&subject).pairs.chunks(200) {
            for (pair, is_beyond) in pairs.iter().zip(beyond(pairs)) {
                tally.said();
                if is_beyond == pair.covers {
                    let verdict = if is_beyond { "is asked about" } else { "is agreed to" };
                    let kind = format!("{} after {} {verdict}", word(&pair.new), word(&pair.old));
                    tally.differs(kind, || format::write(&Vector::Pair(pair.clone())));
                }
            }
        }
    }
    tally.finish();
}

/// Returns true for each pair whose new side is beyond what was agreed to with the old one.
fn beyond(pairs: &[PairVector]) -> Vec<bool> {
    let folder = tempfile::tempdir().expect("a folder");
    let store = |catalogue| Store::at(catalogue, folder.path().join("store"));
    store(catalogue(pairs.iter().map(|pair| &pair.old))).choose(Consent::Default).expect("a writable folder");
    let new = catalogue(pairs.iter().map(|pair| &pair.new));
    let builder = Pipeline::builder(new).endpoint("http://127.0.0.1:1");
    let (pipeline, _) = builder.store(store(new)).build();
    let added = pipeline.notice_due().map(|notice| notice.added).unwrap_or_default();
    (0..pairs.len()).map(|position| added.contains(&format!("span Pairs: pair {position}"))).collect()
}

fn catalogue<'d>(domains: impl Iterator<Item = &'d Domain>) -> &'static Catalogue {
    let attribute = |(position, domain): (usize, &Domain)| {
        define::optional(leaked(info(format!("pair {position}"), constant(domain))))
    };
    let attributes = domains.enumerate().map(attribute).collect::<Vec<_>>().leak();
    let signal = define::span("pairs", "pairs", "Pairs", candor::DEFAULT, attributes);
    leaked(Catalogue {
        name: "pairs",
        title: "Pairs",
        version: "1.0.0",
        service: "pairs",
        endpoints: &[],
        opt_in: None,
        opt_out: &[],
        channels: &[],
        ask: None,
        installation_id: None,
        signals: vec![leaked(signal)].leak(),
        resource: leaked(define::resource("pairs", &[])),
        disclosure: Disclosure::NONE,
    })
}

fn info(name: String, domain: candor::Domain) -> AttributeInfo {
    let name = name.leak();
    define::attribute::<(), { candor::DEFAULT }>(name, name, "Row", domain).info
}

fn constant(domain: &Domain) -> candor::Domain {
    match domain {
        Domain::Text { max_length, pattern } => {
            let pattern = pattern.as_ref().map(|pattern| Shared::from(Pattern::of(pattern.clone())));
            candor::Domain::String { max_length: max_length.unwrap_or(usize::MAX), pattern }
        }
        Domain::Boolean => candor::Domain::Boolean,
        Domain::Int { minimum, maximum } => define::int(minimum.unwrap_or(i64::MIN), maximum.unwrap_or(i64::MAX)),
        Domain::Double { minimum, maximum } => define::double(minimum.unwrap_or(f64::MIN), maximum.unwrap_or(f64::MAX)),
        Domain::Timestamp => candor::Domain::Timestamp,
        Domain::OneOf { members, other } => {
            let all: Vec<_> = members.iter().chain(other.as_deref()).map(choice).collect();
            let members = candor::Members::from(all);
            candor::Domain::Enum(if other.is_some() { members.open() } else { members })
        }
        Domain::Object { id, fields } => {
            let field = |field: &candor_codegen::vectors::Member| {
                let attribute = leaked(info(field.attribute.id.clone(), constant(&field.attribute.domain)));
                let name = field.name.clone().leak();
                match field.required {
                    true => define::required_field(name, attribute),
                    false => define::optional_field(name, attribute),
                }
            };
            let fields = fields.iter().map(field).collect::<Vec<_>>().leak();
            define::structure(leaked(define::object("pairs", id.clone().leak(), fields)))
        }
        Domain::List { item, max_items } => define::list(leaked(constant(item)), max_items.unwrap_or(usize::MAX)),
        Domain::Map { key, value, max_items } => {
            let [key, value] = [key, value].map(|inner| leaked(constant(inner)));
            define::map(key, value, max_items.unwrap_or(usize::MAX))
        }
        Domain::Json { max_depth, max_length } => define::any_json(*max_depth, *max_length),
    }
}

fn choice(member: &Value) -> Choice {
    match member {
        Value::Boolean(value) => Choice::Boolean(*value),
        Value::Int(value) => Choice::Int(*value),
        Value::Double(value) => Choice::Double(*value),
        other => Choice::Text(other.as_text().expect("a text").into()),
    }
}

/// Constants live as long as the program.
fn leaked<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}
