//! The examples of a catalogue: whether an attribute admits a value.

use candor_codegen::vectors::{Value, Vector, format, voices};
use candor_schema::{Example, admits};

use crate::compare::{Tally, tag};
use crate::subjects::{row, subjects};

#[test]
fn the_examples_of_a_catalogue() {
    let mut tally = Tally::new("the examples of a catalogue");
    for subject in subjects() {
        for vector in row(&subject).values {
            if let Some(skip) = vector.skip.iter().find(|skip| skip.voice == voices::EXAMPLES) {
                tally.skip(&skip.why);
                continue;
            }
            tally.said();
            let attribute = subject.catalogue.attribute_named(&vector.attribute).expect("an attribute");
            let admitted = admits(&attribute.domain, &example(&vector.value)).is_ok();
            if admitted != vector.admits {
                let verdict = if admitted { "admitted" } else { "refused" };
                let kind = format!("{} for `{}` is {verdict}", tag(&vector.value), vector.attribute);
                tally.differs(kind, || format::write(&Vector::Value(vector.clone())));
            }
        }
    }
    tally.finish();
}

fn example(value: &Value) -> Example {
    match value {
        Value::Boolean(value) => Example::Boolean(*value),
        Value::Int(value) => Example::Int(*value),
        Value::Double(value) => Example::Double(*value),
        Value::List(items) => Example::List(items.iter().map(example).collect()),
        other => Example::Text(other.as_text().expect("a text")),
    }
}
