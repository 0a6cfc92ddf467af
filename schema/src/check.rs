//! Model to catalogue: run every check, then resolve what they found sound.

use std::collections::BTreeMap;

use candor_domain::{Form, Member};

use crate::channel::resolve_channels;
use crate::checks::{expired, invisible_character, missing_personal};
use crate::ground::Ground;
use crate::handling::Handling;
use crate::index::{Index, innermost, resolve_example};
use crate::model::*;
use crate::names::variants;
use crate::page::PageForm;
use crate::unread::Unread;
use crate::{
    Ask, Attribute, AttributeId, Catalogue, Check, Deprecated, Docs, Endpoint, Field, Finding, Head, Identifier,
    IdentifierOf, Object, ObjectId, OptOut, Place, Resource, Review, Row, RowId, Section, Severity, Signal,
    SignalAttribute, SignalKind, Sources, Unit, Variant, Waiver, checks, template, waivers,
};

/// Checks a model: all findings, and the catalogue when none of them is an error.
pub fn check(model: &Model) -> (Option<Catalogue>, Vec<Finding>) {
    let mut findings = Vec::new();
    let catalogue = check_into(model, &Unread::default(), Age::Current, &mut findings);
    (catalogue, findings)
}

/// The age of a catalogue: still written, or released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Age {
    /// It is being written.
    Current,
    /// It was released: checks that are younger than it is say nothing.
    Past,
}

/// The checks that older builds did not have, and that would refuse what they released; and that of expiries, which
/// nothing can be done about in what was released.
const YOUNG: [&Check; 3] = [&invisible_character::CHECK, &missing_personal::CHECK, &expired::CHECK];

/// Runs every check, adding to findings that reading gave. One error, from here or there, and there is no catalogue.
pub(crate) fn check_into(model: &Model, unread: &Unread, age: Age, findings: &mut Vec<Finding>) -> Option<Catalogue> {
    let index = Index::new(model, unread);
    for (_, run) in checks::CHECKS {
        if let Some(run) = run {
            run(&index, findings);
        }
    }
    if age == Age::Past {
        findings.retain(|finding| YOUNG.iter().all(|check| check.code != finding.code));
    }
    waivers::apply(&index, findings);
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return None;
    }
    resolve(&index)
}

/// Builds the catalogue. `None` only where a check should have complained and did not.
fn resolve(index: &Index) -> Option<Catalogue> {
    let model = index.model;
    let text = |located: &Option<Located<String>>| located.as_ref().map(|located| located.value.clone());
    let consent = model.consent.clone().unwrap_or_default();
    let head = Head {
        name: text(&model.name)?,
        title: text(&model.title)?,
        version: text(&model.version)?,
        service: text(&model.service)?,
        endpoints: resolve_endpoints(index)?,
        opt_in: text(&consent.opt_in),
        ask: resolve_ask(&consent),
        channels: resolve_channels(&consent)?,
        opt_out: consent.opt_out.iter().map(resolve_opt_out).collect(),
        docs: resolve_docs(&model.docs.clone().unwrap_or_default())?,
        reviews: model.reviews.iter().map(resolve_review).collect::<Option<_>>()?,
        allow: resolve_waivers(&model.allow),
        places: head_places(model),
        files: Vec::new(),
    };
    let rows: Vec<Row> = model
        .rows
        .iter()
        .map(|(id, row)| {
            Some(Row {
                id: id.value.clone(),
                title: text(&row.title)?,
                reason: text(&row.reason),
                personal: row.personal.as_ref().map(|personal| personal.value),
                handling: Handling::of(&row.handling)?,
                since: text(&row.since),
                deprecated: row.deprecated.as_ref().and_then(resolve_deprecated),
                allow: resolve_waivers(&row.allow),
                place: id.place,
            })
        })
        .collect::<Option<_>>()?;
    let ground = Ground::new(index, &head.name, &rows);
    let attributes: Vec<Attribute> = model
        .attributes
        .iter()
        .map(|(id, attribute)| resolve_attribute(&ground, id, attribute))
        .collect::<Option<_>>()?;
    let objects: Vec<Object> =
        model.objects.iter().map(|(id, object)| resolve_object(&ground, id, object)).collect::<Option<_>>()?;
    let common = model.common.iter().map(|(name, requirement)| {
        let attribute = AttributeId(index.attributes.get(&name.value)?);
        Some(SignalAttribute { attribute, required: requirement.value == Requirement::Required })
    });
    let common: Vec<_> = common.collect::<Option<_>>()?;
    let signals: Vec<Signal> =
        index.signals().map(|(kind, id, signal)| resolve_signal(&ground, kind, id, signal)).collect::<Option<_>>()?;
    let resource = ground.resource()?;
    let attributes_of_it = resource.attributes.iter().map(|member| carried(index, member)).collect::<Option<_>>()?;
    let resource = Resource { info: resource, attributes: attributes_of_it };
    let by_row = group_by_row(&rows, &attributes, &signals);
    let objects_by_id =
        (0..).zip(&objects).map(|(position, object)| (object.id.to_string(), ObjectId(position))).collect();
    Some(Catalogue { head, rows, attributes, objects, signals, common, resource, by_row, objects_by_id })
}

/// For every row, the positions of its attributes and of its signals.
fn group_by_row(rows: &[Row], attributes: &[Attribute], signals: &[Signal]) -> Vec<(Vec<usize>, Vec<usize>)> {
    let mut by_row = vec![(Vec::new(), Vec::new()); rows.len()];
    for (position, attribute) in attributes.iter().enumerate() {
        by_row[attribute.row.0].0.push(position);
    }
    for (position, row) in signals.iter().enumerate().filter_map(|(position, signal)| Some((position, signal.row?))) {
        by_row[row.0].1.push(position);
    }
    by_row
}

fn resolve_ask(consent: &ConsentModel) -> Option<Ask> {
    match &consent.ask.as_ref()?.value {
        AskModel::Flag(ask) => ask.then_some(Ask { question: None }),
        AskModel::Question(question) => Some(Ask { question: Some(question.clone()) }),
    }
}

fn resolve_docs(docs: &DocsModel) -> Option<Docs> {
    let text = |located: &Option<Located<String>>| located.as_ref().map(|located| located.value.clone());
    let sections = |sections: &[SectionModel]| -> Option<Vec<Section>> {
        sections.iter().map(|s| Some(Section { title: text(&s.title)?, text: text(&s.text)? })).collect()
    };
    Some(Docs {
        title: text(&docs.title).unwrap_or_else(|| "Telemetry".to_owned()),
        intro: text(&docs.intro),
        before: sections(&docs.before)?,
        table_title: text(&docs.table_title).unwrap_or_else(|| "Data Explanation".to_owned()),
        page: PageForm::of(&docs.page),
        note: text(&docs.note),
        after: sections(&docs.after)?,
    })
}

/// The endpoints; of the short form one, which is called `default`.
fn resolve_endpoints(index: &Index<'_>) -> Option<Vec<Endpoint>> {
    let model = index.model;
    let short = model.endpoint.iter().map(|url| {
        let info = candor_domain::Endpoint { name: "default".into(), url: url.value.clone().into(), form: Form::Otlp };
        Some(Endpoint { info, brief: None, allow: Vec::new(), place: url.place })
    });
    let long = model.endpoints.iter().map(|(name, endpoint)| {
        let brief = endpoint.brief.as_ref().map(|brief| brief.value.clone());
        let info = template::endpoint(index, &name.value, endpoint)?;
        Some(Endpoint { info, brief, allow: resolve_waivers(&endpoint.allow), place: name.place })
    });
    short.chain(long).collect()
}

fn resolve_review(review: &ReviewModel) -> Option<Review> {
    let text = |located: &Option<Located<String>>| located.as_ref().map(|located| located.value.clone());
    Some(Review {
        version: text(&review.version)?,
        who: text(&review.who)?,
        when: text(&review.when)?,
        link: text(&review.link)?,
        widens: review.widens.clone(),
    })
}

fn resolve_waivers(allow: &Entries<Located<String>>) -> Vec<Waiver> {
    allow.iter().map(|(code, reason)| Waiver { code: code.value.clone(), reason: reason.value.clone() }).collect()
}

/// The places of the head's values, for those that can be pointed at.
fn head_places(model: &Model) -> BTreeMap<&'static str, Place> {
    let opt_in = model.consent.as_ref().and_then(|consent| consent.opt_in.as_ref());
    let values = [
        ("name", &model.name),
        ("title", &model.title),
        ("version", &model.version),
        ("service", &model.service),
        ("endpoint", &model.endpoint),
    ];
    let opt_out = model.consent.as_ref().and_then(|consent| Some(&consent.opt_out.first()?.name));
    let values = values
        .into_iter()
        .map(|(key, value)| (key, value.as_ref()))
        .chain([("consent.opt_in", opt_in), ("consent.opt_out", opt_out)]);
    let ask = model.consent.as_ref().and_then(|consent| consent.ask.as_ref()).map(|ask| ("consent.ask", ask.place));
    values.filter_map(|(key, value)| Some((key, value?.place))).chain(ask).collect()
}

fn resolve_attribute<'m>(
    ground: &Ground<'_, 'm>,
    id: &Located<String>,
    attribute: &'m AttributeModel,
) -> Option<Attribute> {
    let text = |located: &Option<Located<String>>| located.as_ref().map(|located| located.value.clone());
    let index = ground.index;
    Some(Attribute {
        info: ground.attribute(&id.value)?,
        row: RowId(index.rows.get(&attribute.row.as_ref()?.value)?),
        collected: attribute.collected.as_ref()?.value,
        variants: attribute.ty.as_ref().map(resolve_variants).unwrap_or_default(),
        unit: attribute.unit.as_ref().and_then(|unit| Unit::of(&unit.value)),
        brief: text(&attribute.brief)?,
        note: text(&attribute.note),
        examples: attribute.examples.iter().map(|example| resolve_example(&example.value)).collect::<Option<_>>()?,
        personal: index.personal(attribute).map(|personal| personal.value),
        identifier: attribute.identifier.as_ref().map(|identifier| resolve_identifier(index, &identifier.value)),
        derived_from: attribute
            .derived_from
            .iter()
            .map(|name| index.attributes.get(&name.value).map(AttributeId))
            .collect::<Option<_>>()?,
        free_text: attribute.free_text.as_ref().is_some_and(|free_text| free_text.value),
        handling: Handling::of(&attribute.handling)?,
        since: text(&attribute.since),
        deprecated: attribute.deprecated.as_ref().and_then(resolve_deprecated),
        stability: attribute.stability.as_ref().map(|stability| stability.value),
        allow: resolve_waivers(&attribute.allow),
        place: id.place,
    })
}

fn resolve_opt_out(opt_out: &OptOutModel) -> OptOut {
    let off_when_false = opt_out.off_when.as_ref().is_some_and(|off_when| !off_when.value);
    OptOut { kind: opt_out.kind, name: opt_out.name.value.clone(), off_when_false }
}

fn resolve_identifier(index: &Index, identifier: &IdentifierModel) -> Identifier {
    let of = |name: &Located<String>| match index.attributes.get(&name.value) {
        Some(attribute) => IdentifierOf::Attribute(AttributeId(attribute)),
        None => IdentifierOf::Words(name.value.clone()),
    };
    let (word, salted, rotates) = match identifier {
        IdentifierModel::Word(word) => (Some(*word), false, None),
        IdentifierModel::Mapping { salted, rotates, .. } => {
            let salted = salted.as_ref().is_some_and(|salted| salted.value);
            (None, salted, rotates.as_ref().map(|rotates| rotates.value))
        }
    };
    let (source, scope) = (identifier.source(), identifier.scope());
    Identifier { word, source, of: identifier.of().iter().map(of).collect(), salted, scope, rotates }
}

fn resolve_variants(ty: &Located<TypeModel>) -> Vec<Variant> {
    let TypeModel::Enum(members) = &innermost(ty).value else { return Vec::new() };
    let written = members.iter().map(|member| member.name.as_ref().map(|name| name.value.clone()));
    let names = variants(&members.iter().map(MemberModel::texts).collect::<Vec<_>>());
    names.into_iter().zip(written).map(|(name, written)| Variant { name, written }).collect()
}

fn resolve_deprecated(deprecated: &DeprecatedModel) -> Option<Deprecated> {
    Some(Deprecated {
        reason: deprecated.reason.as_ref()?.value,
        renamed_to: deprecated.renamed_to.as_ref().map(|name| name.value.clone()),
        note: deprecated.note.as_ref().map(|note| note.value.clone()),
    })
}

fn resolve_object(ground: &Ground, id: &Located<String>, object: &ObjectModel) -> Option<Object> {
    let info = ground.object(&id.value)?;
    let field = |(place, member): (Place, &Member)| {
        let attribute = AttributeId(ground.index.attributes.get(&member.attribute.id)?);
        Some(Field { name: member.name().to_owned(), attribute, required: member.required, place })
    };
    let places = object.fields.iter().map(|(name, _)| name.place);
    let fields = places.zip(info.fields.iter()).map(field).collect::<Option<_>>()?;
    let brief = object.brief.as_ref().map(|brief| brief.value.clone());
    Some(Object { info, brief, fields, allow: resolve_waivers(&object.allow), place: id.place })
}

fn resolve_signal(ground: &Ground, kind: SignalKind, id: &Located<String>, signal: &SignalModel) -> Option<Signal> {
    let index = ground.index;
    let info = ground.signal(kind, id, signal)?;
    Some(Signal {
        collected: signal.collected.as_ref()?.value,
        brief: signal.brief.as_ref()?.value.clone(),
        row: match &signal.row {
            Some(row) => Some(RowId(index.rows.get(&row.value)?)),
            None => None,
        },
        attributes: info.attributes.iter().map(|member| carried(index, member)).collect::<Option<_>>()?,
        every: signal.every.as_ref().map(|every| every.value),
        body: match &signal.body {
            Some(body) => Some(AttributeId(index.attributes.get(&body.value)?)),
            None => None,
        },
        since: signal.since.as_ref().map(|since| since.value.clone()),
        deprecated: signal.deprecated.as_ref().and_then(resolve_deprecated),
        stability: signal.stability.as_ref().map(|stability| stability.value),
        allow: resolve_waivers(&signal.allow),
        place: id.place,
        info,
    })
}

fn carried(index: &Index, member: &Member) -> Option<SignalAttribute> {
    let attribute = AttributeId(index.attributes.get(&member.attribute.id)?);
    Some(SignalAttribute { attribute, required: member.required })
}

impl Catalogue {
    pub(crate) fn with_files(mut self, sources: &Sources) -> Self {
        self.head.set_files(sources);
        self
    }
}
