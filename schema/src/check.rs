//! Model to catalogue: run every check, then resolve what they found sound.

use std::collections::HashSet;

use crate::lookup::Names;
use crate::lost::{Lost, Part};
use crate::model::*;
use crate::read::TYPE_WORDS;
use crate::{
    Attribute, AttributeId, Catalogue, Deprecated, Docs, Example, Field, Finding, Head, Object, ObjectId, Row, RowId,
    Section, Severity, Signal, SignalAttribute, SignalKind, Sources, StringDomain, Type, checks,
};

/// Checks a model: all findings, and the catalogue when none of them is an error.
pub fn check(model: &Model) -> (Option<Catalogue>, Vec<Finding>) {
    let mut findings = Vec::new();
    let catalogue = check_into(model, &Lost::default(), &mut findings);
    (catalogue, findings)
}

/// Runs every check, adding to findings that reading gave. One error, from here or there, and there is no catalogue.
pub(crate) fn check_into(model: &Model, lost: &Lost, findings: &mut Vec<Finding>) -> Option<Catalogue> {
    let index = Index::new(model, lost);
    for (_, run) in checks::CHECKS {
        if let Some(run) = run {
            run(&index, findings);
        }
    }
    if findings.iter().any(|finding| finding.severity == Severity::Error) {
        return None;
    }
    resolve(&index)
}

/// The model with its names looked up. Where a name is written twice, the first counts.
pub struct Index<'m> {
    /// The model.
    pub model: &'m Model,
    pub(crate) rows: Names<'m>,
    pub(crate) attributes: Names<'m>,
    pub(crate) objects: Names<'m>,
    lost: &'m Lost,
}

impl<'m> Index<'m> {
    fn new(model: &'m Model, lost: &'m Lost) -> Self {
        Index {
            model,
            rows: Names::new(&model.rows, lost.any(&[Part::Rows])),
            attributes: Names::new(&model.attributes, lost.any(&[Part::Attributes])),
            objects: Names::new(&model.objects, lost.any(&[Part::Objects])),
            lost,
        }
    }

    /// The row of this name.
    pub fn row(&self, name: &str) -> Option<&'m RowModel> {
        self.rows.get(name).map(|position| &self.model.rows.0[position].1)
    }

    /// The attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&'m AttributeModel> {
        self.attributes.get(name).map(|position| &self.model.attributes.0[position].1)
    }

    /// The object of this name.
    pub fn object(&self, name: &str) -> Option<&'m ObjectModel> {
        self.objects.get(name).map(|position| &self.model.objects.0[position].1)
    }

    /// Every attribute, without those whose name was there before.
    pub(crate) fn distinct_attributes(&self) -> impl Iterator<Item = (&'m Located<String>, &'m AttributeModel)> {
        let first = |position: usize, name: &str| self.attributes.get(name) == Some(position);
        let entries = self.model.attributes.iter().enumerate();
        entries
            .filter(move |(position, (name, _))| first(*position, &name.value))
            .map(|(_, (name, entry))| (name, entry))
    }

    /// Whether reading left out something of this key, in the entry of this name.
    pub(crate) fn is_key_lost(&self, name: &Located<String>, key: &'static str) -> bool {
        self.lost.key(name.place, key)
    }

    /// Whether reading left out something of these parts.
    pub(crate) fn is_lost(&self, parts: &[Part]) -> bool {
        self.lost.any(parts)
    }

    /// Every signal, spans first, with its kind.
    pub fn signals(&self) -> impl Iterator<Item = (SignalKind, &'m Located<String>, &'m SignalModel)> {
        let spans = self.model.spans.iter().map(|(name, signal)| (SignalKind::Span, name, signal));
        let events = self.model.events.iter().map(|(name, signal)| (SignalKind::Event, name, signal));
        spans.chain(events)
    }

    /// The object that a type holds, in a list or not, when it names one.
    pub fn object_of(&self, ty: &'m TypeModel) -> Option<&'m str> {
        match ty {
            TypeModel::Named(name) if !TYPE_WORDS.contains(&name.as_str()) => Some(name),
            TypeModel::List(item) => self.object_of(&item.value),
            _ => None,
        }
    }

    /// The checked type of an attribute, when its type makes sense.
    pub fn ty(&self, attribute: &AttributeModel) -> Option<Type> {
        self.ty_of(attribute, &attribute.ty.as_ref()?.value, true)
    }

    fn ty_of(&self, attribute: &AttributeModel, ty: &TypeModel, outermost: bool) -> Option<Type> {
        let integer = |bound: &Option<Located<Number>>| match bound.as_ref()?.value {
            Number::Integer(value) => Some(value),
            Number::Double(_) => None,
        };
        let double = |bound: &Option<Located<Number>>| bound.as_ref().map(|bound| bound.value.as_f64());
        let size = |bound: &Option<Located<i64>>| usize::try_from(bound.as_ref()?.value).ok();
        Some(match ty {
            TypeModel::Enum(members) => Type::Enum(members.iter().map(|member| member.value.clone()).collect()),
            TypeModel::List(item) => Type::List {
                item: Box::new(self.ty_of(attribute, &item.value, false)?),
                max_items: if outermost { size(&attribute.max_items) } else { None },
            },
            TypeModel::Named(name) => match name.as_str() {
                "string" => Type::String(StringDomain {
                    max_length: size(&attribute.max_length),
                    pattern: attribute.pattern.as_ref().map(|pattern| pattern.value.clone()),
                }),
                "boolean" => Type::Boolean,
                "int" => Type::Int { minimum: integer(&attribute.minimum), maximum: integer(&attribute.maximum) },
                "double" => Type::Double { minimum: double(&attribute.minimum), maximum: double(&attribute.maximum) },
                "timestamp" => Type::Timestamp,
                object => Type::Object(ObjectId(self.objects.get(object)?)),
            },
        })
    }
}

/// The name on the wire of an attribute.
pub fn wire_name<'a>(id: &'a str, attribute: &'a AttributeModel) -> &'a str {
    attribute.name.as_ref().map_or(id, |name| &name.value)
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
        endpoint: text(&model.endpoint),
        opt_in: text(&consent.opt_in),
        opt_out: consent.opt_out.into_iter().map(|name| name.value).collect(),
        docs: resolve_docs(&model.docs.clone().unwrap_or_default())?,
        files: Vec::new(),
    };
    let rows = model
        .rows
        .iter()
        .map(|(id, row)| {
            Some(Row { id: id.value.clone(), title: text(&row.title)?, reason: text(&row.reason), place: id.place })
        })
        .collect::<Option<_>>()?;
    let attributes = model
        .attributes
        .iter()
        .map(|(id, attribute)| resolve_attribute(index, id, attribute))
        .collect::<Option<_>>()?;
    let objects = model.objects.iter().map(|(id, object)| resolve_object(index, id, object)).collect::<Option<_>>()?;
    let common: Vec<AttributeId> =
        model.common.iter().map(|name| index.attributes.get(&name.value).map(AttributeId)).collect::<Option<_>>()?;
    let signals = index
        .signals()
        .map(|(kind, id, signal)| resolve_signal(index, kind, id, signal, &common))
        .collect::<Option<_>>()?;
    Some(Catalogue { head, rows, attributes, objects, signals, common })
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
        note: text(&docs.note),
        after: sections(&docs.after)?,
    })
}

fn resolve_attribute(index: &Index, id: &Located<String>, attribute: &AttributeModel) -> Option<Attribute> {
    let text = |located: &Option<Located<String>>| located.as_ref().map(|located| located.value.clone());
    Some(Attribute {
        id: id.value.clone(),
        name: wire_name(&id.value, attribute).to_owned(),
        row: RowId(index.rows.get(&attribute.row.as_ref()?.value)?),
        collected: attribute.collected.as_ref()?.value,
        ty: index.ty(attribute)?,
        encoding: attribute.encoding.as_ref().map_or(Encoding::Map, |encoding| encoding.value),
        brief: text(&attribute.brief)?,
        note: text(&attribute.note),
        examples: attribute.examples.iter().map(|example| resolve_example(&example.value)).collect::<Option<_>>()?,
        personal: attribute.personal.as_ref().map_or(Personal::None, |personal| personal.value),
        identifier: attribute.identifier.as_ref().map(|identifier| identifier.value),
        derived_from: attribute
            .derived_from
            .iter()
            .map(|name| index.attributes.get(&name.value).map(AttributeId))
            .collect::<Option<_>>()?,
        free_text: attribute.free_text.as_ref().is_some_and(|free_text| free_text.value),
        on_violation: attribute.on_violation.as_ref().map_or(OnViolation::Drop, |violation| violation.value),
        since: text(&attribute.since),
        deprecated: attribute.deprecated.as_ref().and_then(resolve_deprecated),
        stability: attribute.stability.as_ref().map(|stability| stability.value),
        place: id.place,
    })
}

/// The example as a value, when it is one that a catalogue can hold.
pub(crate) fn resolve_example(example: &ExampleModel) -> Option<Example> {
    Some(match example {
        ExampleModel::Boolean(value) => Example::Boolean(*value),
        ExampleModel::Integer(value) => Example::Int(i64::try_from(*value).ok()?),
        ExampleModel::Double(value) => Example::Double(*value),
        ExampleModel::Text(value) => Example::Text(value.clone()),
        ExampleModel::List(items) => Example::List(items.iter().map(resolve_example).collect::<Option<_>>()?),
    })
}

fn resolve_deprecated(deprecated: &DeprecatedModel) -> Option<Deprecated> {
    Some(Deprecated {
        reason: deprecated.reason.as_ref()?.value,
        renamed_to: deprecated.renamed_to.as_ref().map(|name| name.value.clone()),
        note: deprecated.note.as_ref().map(|note| note.value.clone()),
    })
}

fn resolve_object(index: &Index, id: &Located<String>, object: &ObjectModel) -> Option<Object> {
    let fields = object
        .fields
        .iter()
        .map(|(name, field)| {
            let attribute_name = field.attribute.as_ref()?.value.as_str();
            let collected = index.attribute(attribute_name)?.collected.as_ref()?.value;
            let requirement = field.requirement.as_ref().map_or(Requirement::Required, |requirement| requirement.value);
            Some(Field {
                name: name.value.clone(),
                attribute: AttributeId(index.attributes.get(attribute_name)?),
                required: requirement == Requirement::Required && collected == Collected::Default,
                place: name.place,
            })
        })
        .collect::<Option<_>>()?;
    let brief = object.brief.as_ref().map(|brief| brief.value.clone());
    Some(Object { id: id.value.clone(), brief, fields, place: id.place })
}

fn resolve_signal(
    index: &Index,
    kind: SignalKind,
    id: &Located<String>,
    signal: &SignalModel,
    common: &[AttributeId],
) -> Option<Signal> {
    let mut attributes = signal
        .attributes
        .iter()
        .map(|(name, requirement)| {
            let attribute = AttributeId(index.attributes.get(&name.value)?);
            Some(SignalAttribute { attribute, required: requirement.value == Requirement::Required })
        })
        .collect::<Option<Vec<_>>>()?;
    let own: HashSet<AttributeId> = attributes.iter().map(|own| own.attribute).collect();
    let others = common.iter().filter(|attribute| !own.contains(attribute));
    attributes.extend(others.map(|attribute| SignalAttribute { attribute: *attribute, required: false }));
    Some(Signal {
        id: id.value.clone(),
        kind,
        name: signal.name.as_ref()?.value.clone(),
        collected: signal.collected.as_ref()?.value,
        brief: signal.brief.as_ref()?.value.clone(),
        row: match &signal.row {
            Some(row) => Some(RowId(index.rows.get(&row.value)?)),
            None => None,
        },
        attributes,
        since: signal.since.as_ref().map(|since| since.value.clone()),
        deprecated: signal.deprecated.as_ref().and_then(resolve_deprecated),
        stability: signal.stability.as_ref().map(|stability| stability.value),
        place: id.place,
    })
}

impl Catalogue {
    pub(crate) fn with_files(mut self, sources: &Sources) -> Self {
        self.head.set_files(sources);
        self
    }
}

/// The type without its lists.
pub(crate) fn innermost(ty: &Located<TypeModel>) -> &Located<TypeModel> {
    match &ty.value {
        TypeModel::List(item) => innermost(item),
        _ => ty,
    }
}
