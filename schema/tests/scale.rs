//! Large catalogues are checked as small ones are, right or wrong: nothing is cut short, nothing overflows.

use candor_schema::model::*;
use candor_schema::{Place, check, diff};

/// Without optimisation everything takes ten times as long, so there is less of it.
const ATTRIBUTES: usize = if cfg!(debug_assertions) { 10_000 } else { 100_000 };

fn at<T>(value: T) -> Option<Located<T>> {
    Some(Located { value, place: Place::default() })
}

fn name(text: String) -> Located<String> {
    Located { value: text, place: Place::default() }
}

/// Each signal carries a hundred attributes, each row discloses a hundred, and each attribute derives from the one before.
fn model() -> Model {
    let mut model = Model {
        candor: at(1),
        name: at("large".into()),
        title: at("Large".into()),
        version: at("1.0.0".into()),
        service: at("large".into()),
        ..Model::default()
    };
    for number in 0..ATTRIBUTES {
        let group = number / 100;
        if number % 100 == 0 {
            let row =
                RowModel { title: at(format!("Row {group}")), personal: at(Personal::None), ..RowModel::default() };
            model.rows.0.push((name(format!("row_{group}")), row));
            let signal = SignalModel {
                name: at(format!("Span {group}")),
                collected: at(Collected::Default),
                brief: at("a span".into()),
                ..SignalModel::default()
            };
            model.spans.0.push((name(format!("span_{group}")), signal));
        }
        let attribute = AttributeModel {
            row: at(format!("row_{group}")),
            collected: at(Collected::Default),
            ty: at(TypeModel::Named("string".into())),
            pattern: at("^[0-9a-f]{32}$".into()),
            brief: at(format!("number {number}")),
            examples: at(ExampleModel::Text("0123456789abcdef".repeat(2))).into_iter().collect(),
            derived_from: number.checked_sub(1).map(|before| name(format!("attribute_{before}"))).into_iter().collect(),
            ..AttributeModel::default()
        };
        model.attributes.0.push((name(format!("attribute_{number}")), attribute));
        let carried = Located { value: Requirement::Required, place: Place::default() };
        model.spans.0[group].1.attributes.0.push((name(format!("attribute_{number}")), carried));
    }
    model
}

fn check_large(model: &Model, findings: usize) {
    let (catalogue, found) = check(model);
    assert_eq!(found.len(), findings, "{:?}", found.first());
    assert_eq!(catalogue.is_some(), findings == 0);
}

#[test]
fn sound() {
    check_large(&model(), 0);
}

#[test]
fn every_reference_wrong() {
    let mut model = model();
    for (_, signal) in &mut model.spans.0 {
        signal.attributes.0.iter_mut().for_each(|(name, _)| name.value.insert(3, 'x'));
    }
    check_large(&model, ATTRIBUTES);
}

#[test]
fn every_attribute_leaks() {
    let mut model = model();
    model.consent = Some(ConsentModel { opt_in: at("share".into()), ..ConsentModel::default() });
    model.rows.0.push((
        name("secret".into()),
        RowModel { title: at("Secret".into()), personal: at(Personal::None), ..RowModel::default() },
    ));
    model.attributes.0[0].1.collected = at(Collected::OptIn);
    model.attributes.0[0].1.row = at("secret".into());
    model.spans.0[0].1.attributes.0[0].1.value = Requirement::Optional;
    check_large(&model, ATTRIBUTES - 1);
}

#[test]
fn one_chain_of_objects() {
    let mut model = model();
    for number in 0..ATTRIBUTES {
        // The last one holds the first.
        let next = (number + 1) % ATTRIBUTES;
        let field = FieldModel { attribute: at(format!("attribute_{number}")), requirement: None };
        let object = ObjectModel { fields: Entries(vec![(name("next".into()), field)]), ..ObjectModel::default() };
        model.objects.0.push((name(format!("object_{number}")), object));
        let (_, attribute) = &mut model.attributes.0[number];
        (attribute.ty, attribute.pattern) = (at(TypeModel::Named(format!("object_{next}"))), None);
        attribute.examples.clear();
    }
    check_large(&model, 1);
}

#[test]
fn one_signal_carries_all_and_all_is_common() {
    let mut model = model();
    let carried: Vec<_> =
        model.spans.0.iter_mut().flat_map(|(_, signal)| std::mem::take(&mut signal.attributes.0)).collect();
    model.common = Entries(carried.clone());
    model.spans.0.truncate(1);
    model.spans.0[0].1.attributes.0 = carried;
    model.spans.0[0].1.row = at("row_0".into());
    check_large(&model, 0);
}

/// An attribute that is gone is looked for in every signal that had it.
#[test]
fn two_large_catalogues_compare_in_time() {
    let (old, mut model) = (check(&model()).0.expect("a catalogue"), model());
    let renamed = |id: &mut String| *id = id.replace("attribute", "other");
    for (_, signal) in &mut model.spans.0 {
        signal.attributes.0.iter_mut().step_by(2).for_each(|(attribute, _)| renamed(&mut attribute.value));
    }
    model.attributes.0.iter_mut().step_by(2).for_each(|(id, _)| renamed(&mut id.value));
    model.attributes.0.iter_mut().for_each(|(_, attribute)| attribute.derived_from.clear());
    let new = check(&model).0.expect("a catalogue");
    let changes = diff(&old, &new).changes;
    let gone = changes.iter().filter(|change| change.sentence.contains("had to carry it and comes without it"));
    assert_eq!(gone.count(), ATTRIBUTES / 2);
}
