//! The model with its names looked up: what every check reads.

use crate::lookup::Names;
use crate::lost::{Lost, Part};
use crate::model::*;
use crate::pattern::Patterns;
use crate::{Example, ObjectId, SignalKind, StringDomain, Type};

/// The names of the types that are not objects.
pub(crate) const TYPE_WORDS: &[&str] = &["string", "boolean", "int", "double", "timestamp"];

/// The model with its names looked up. Where a name is written twice, the first counts.
pub struct Index<'m> {
    /// The model.
    pub model: &'m Model,
    pub(crate) rows: Names<'m>,
    pub(crate) attributes: Names<'m>,
    pub(crate) objects: Names<'m>,
    pub(crate) signals: Names<'m>,
    pub(crate) patterns: Patterns,
    lost: &'m Lost,
}

impl<'m> Index<'m> {
    pub(crate) fn new(model: &'m Model, lost: &'m Lost) -> Self {
        Index {
            model,
            rows: Names::new(model.rows.names(), lost.any(&[Part::Rows])),
            attributes: Names::new(model.attributes.names(), lost.any(&[Part::Attributes])),
            objects: Names::new(model.objects.names(), lost.any(&[Part::Objects])),
            signals: Names::new(model.spans.names().chain(model.events.names()), lost.any(&[Part::Signals])),
            patterns: Patterns::default(),
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

    /// What an attribute, or else its row, says of personal data.
    pub fn personal(&self, attribute: &'m AttributeModel) -> Option<&'m Located<Personal>> {
        let of_row = || self.row(&attribute.row.as_ref()?.value)?.personal.as_ref();
        attribute.personal.as_ref().or_else(of_row)
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

    /// Whether reading left out nothing.
    pub(crate) fn is_whole(&self) -> bool {
        self.lost.is_empty()
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
            TypeModel::Enum(members) => Type::Enum(members.iter().map(|member| member.value.value.clone()).collect()),
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

/// The type without its lists.
pub(crate) fn innermost(ty: &Located<TypeModel>) -> &Located<TypeModel> {
    match &ty.value {
        TypeModel::List(item) => innermost(item),
        _ => ty,
    }
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
