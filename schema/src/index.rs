//! The model with its names looked up: what every check reads.

use candor_domain::{Consent, DEFAULT, DEFAULT_NAME, Members, OPT_IN, OPT_IN_NAME, Pattern, Shared};

use crate::model::*;
use crate::patterns::Patterns;
use crate::section_names::SectionNames;
use crate::unread::{Part, Unread};
use crate::{Domain, Example, ObjectInfo, Place, SignalKind};

/// The names of the types that are not objects.
pub(crate) const TYPE_WORDS: &[&str] = &["string", "boolean", "int", "double", "timestamp", "json"];

/// The model with its names looked up. Where a name is written twice, the first counts.
pub struct Index<'m> {
    /// The model.
    pub model: &'m Model,
    pub(crate) endpoints: SectionNames<'m>,
    pub(crate) rows: SectionNames<'m>,
    pub(crate) attributes: SectionNames<'m>,
    pub(crate) objects: SectionNames<'m>,
    pub(crate) signals: SectionNames<'m>,
    pub(crate) patterns: Patterns,
    grants: Vec<(u8, Consent)>,
    unread: &'m Unread,
}

impl<'m> Index<'m> {
    pub(crate) fn new(model: &'m Model, unread: &'m Unread) -> Self {
        Index {
            model,
            endpoints: SectionNames::new(model.endpoints.names(), unread.any(&[Part::Endpoints])),
            rows: SectionNames::new(model.rows.names(), unread.any(&[Part::Rows])),
            attributes: SectionNames::new(model.attributes.names(), unread.any(&[Part::Attributes])),
            objects: SectionNames::new(model.objects.names(), unread.any(&[Part::Objects])),
            signals: SectionNames::new(
                signals(model).map(|(_, name, _)| name.value.as_str()),
                unread.any(&[Part::Signals]),
            ),
            patterns: Patterns::default(),
            grants: grants(model),
            unread,
        }
    }

    /// The name of the channel that something is collected through.
    pub(crate) fn channel_name(&self, collected: Collected) -> &'m str {
        self.channel_number_name(collected.number())
    }

    /// The name of the channel with this number.
    pub(crate) fn channel_number_name(&self, number: u8) -> &'m str {
        let named = self.model.consent.iter().flat_map(|consent| consent.channels.names().zip(consent.numbers()));
        match number {
            DEFAULT => DEFAULT_NAME,
            OPT_IN => OPT_IN_NAME,
            _ => named.into_iter().find(|(_, known)| *known == number).map_or("", |(name, _)| name),
        }
    }

    /// The channel that something is collected through, and what that implies.
    pub(crate) fn grants(&self, collected: Collected) -> Consent {
        let own = collected.needs();
        self.grants.iter().find(|(number, _)| *number == collected.number()).map_or(own, |(_, grants)| *grants)
    }

    /// The position of the endpoint that a signal goes to; `None` for one that is not there.
    pub(crate) fn endpoint_of(&self, signal: &SignalModel) -> Option<usize> {
        match &signal.endpoint {
            None => Some(0),
            Some(name) if self.model.endpoints.0.is_empty() => (name.value == "default").then_some(0),
            Some(name) => self.endpoints.get(&name.value),
        }
    }

    /// The signals that go to the endpoint at this position.
    pub(crate) fn signals_to(
        &self,
        endpoint: usize,
    ) -> impl Iterator<Item = (SignalKind, &'m Located<String>, &'m SignalModel)> {
        self.signals().filter(move |(_, _, signal)| self.endpoint_of(signal) == Some(endpoint))
    }

    /// The attributes that a signal may carry, common ones included, where each is listed.
    pub(crate) fn carried(&self, signal: &'m SignalModel) -> impl Iterator<Item = &'m Located<String>> {
        let own = signal.attributes.iter().map(|(name, _)| name);
        let common = self.common_of(signal).map(|(name, _)| name);
        own.chain(common.filter(|name| signal.attributes.names().all(|own| own != name.value)))
    }

    /// The common attributes that a signal has, too: a metric has none, because they need not be closed.
    pub(crate) fn common_of(
        &self,
        signal: &SignalModel,
    ) -> impl Iterator<Item = &'m (Located<String>, Located<Requirement>)> + use<'m> {
        let has_common = signal.measure.is_none();
        self.model.common.iter().filter(move |_| has_common)
    }

    /// The row of this name.
    pub fn row(&self, name: &str) -> Option<&'m RowModel> {
        self.rows.get(name).map(|position| &self.model.rows.0[position].1)
    }

    /// The attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&'m AttributeModel> {
        self.attributes.get(name).map(|position| &self.model.attributes.0[position].1)
    }

    /// Returns the declaration on personal data of an attribute, or else of its row. Where a map's keys may be personal,
    /// the attribute may.
    pub fn personal(&self, attribute: &'m AttributeModel) -> Option<&'m Located<Personal>> {
        let of_row = || self.row(&attribute.row.as_ref()?.value)?.personal.as_ref();
        let of_keys = keys(attribute).and_then(|keys| keys.value.personal.as_ref());
        let of_keys = of_keys.filter(|personal| personal.value == Personal::Possible);
        of_keys.or(attribute.personal.as_ref()).or_else(of_row)
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

    /// Returns true if reading left out something of this key, in the entry of this name.
    pub(crate) fn is_key_unread(&self, name: &Located<String>, key: &'static str) -> bool {
        self.unread.key(name.place, key)
    }

    /// Returns true if reading left out something of this key, in the mapping at this place.
    pub(crate) fn is_key_unread_at(&self, place: Place, key: &'static str) -> bool {
        self.unread.key(place, key)
    }

    /// Returns true if reading left out something of these parts.
    pub(crate) fn is_unread(&self, parts: &[Part]) -> bool {
        self.unread.any(parts)
    }

    /// Returns true if reading left out nothing.
    pub(crate) fn is_whole(&self) -> bool {
        self.unread.is_empty()
    }

    /// Every signal, spans first, with its kind.
    pub fn signals(&self) -> impl Iterator<Item = (SignalKind, &'m Located<String>, &'m SignalModel)> {
        signals(self.model)
    }

    /// The object that a type holds, in a list or not, when it names one.
    pub fn object_of(&self, ty: &'m TypeModel) -> Option<&'m str> {
        match ty {
            TypeModel::Named(name) if !TYPE_WORDS.contains(&name.as_str()) => Some(name),
            TypeModel::List(item) => self.object_of(&item.value),
            TypeModel::Map(map) => self.object_of(&map.value.value),
            _ => None,
        }
    }

    /// The domain of an attribute, when its type makes sense. Its object has no fields yet.
    pub fn domain(&self, attribute: &AttributeModel) -> Option<Domain> {
        let named = |id: &str| {
            self.objects.get(id)?;
            Some(ObjectInfo::new("".into(), id.to_owned().into(), Vec::new().into()).into())
        };
        self.domain_of(attribute, &attribute.ty.as_ref()?.value, true, &named)
    }

    /// The same with objects that are resolved already.
    pub(crate) fn domain_with(
        &self,
        attribute: &AttributeModel,
        object: &dyn Fn(&str) -> Option<Shared<ObjectInfo>>,
    ) -> Option<Domain> {
        self.domain_of(attribute, &attribute.ty.as_ref()?.value, true, object)
    }

    fn domain_of(
        &self,
        attribute: &AttributeModel,
        ty: &TypeModel,
        outermost: bool,
        object: &dyn Fn(&str) -> Option<Shared<ObjectInfo>>,
    ) -> Option<Domain> {
        let integer = |bound: &Option<Located<Number>>| match bound.as_ref()?.value {
            Number::Integer(value) => Some(value),
            Number::Double(_) => None,
        };
        let double = |bound: &Option<Located<Number>>| bound.as_ref().map(|bound| bound.value.as_f64());
        Some(match ty {
            TypeModel::Enum(model) => {
                let members: Vec<_> = model.all().map(|member| member.value.value.clone()).collect();
                let members = Members::from(members);
                Domain::Enum(if model.other.is_some() { members.open() } else { members })
            }
            TypeModel::List(item) => Domain::List {
                item: self.domain_of(attribute, &item.value, false, object)?.into(),
                max_items: if outermost { size(&attribute.max_items) } else { usize::MAX },
            },
            TypeModel::Map(map) => Domain::Map {
                key: key_domain(&map.keys.value).into(),
                value: self.domain_of(attribute, &map.value.value, false, object)?.into(),
                max_items: if outermost { size(&attribute.max_items) } else { usize::MAX },
            },
            TypeModel::Named(name) => match name.as_str() {
                "string" => Domain::String {
                    max_length: size(&attribute.max_length),
                    pattern: attribute.pattern.as_ref().map(|pattern| Pattern::of(pattern.value.clone()).into()),
                },
                "boolean" => Domain::Boolean,
                "int" => Domain::Int {
                    minimum: integer(&attribute.minimum).unwrap_or(i64::MIN),
                    maximum: integer(&attribute.maximum).unwrap_or(i64::MAX),
                },
                "double" => Domain::Double {
                    minimum: double(&attribute.minimum).unwrap_or(f64::MIN),
                    maximum: double(&attribute.maximum).unwrap_or(f64::MAX),
                },
                "timestamp" => Domain::Timestamp,
                "json" => {
                    Domain::Json { max_depth: size(&attribute.max_depth), max_length: size(&attribute.max_length) }
                }
                id => Domain::Object(object(id)?),
            },
        })
    }
}

/// Every signal, spans first, with its kind.
fn signals(model: &Model) -> impl Iterator<Item = (SignalKind, &Located<String>, &SignalModel)> {
    let of = move |kind| match kind {
        SignalKind::Span => &model.spans,
        SignalKind::Event => &model.events,
        SignalKind::Metric => &model.metrics,
    };
    let each = move |kind| of(kind).iter().map(move |(name, signal)| (kind, name, signal));
    SignalKind::ALL.into_iter().flat_map(each)
}

/// The size that a bound sets; the largest where there is none.
fn size(bound: &Option<Located<i64>>) -> usize {
    bound.as_ref().and_then(|bound| usize::try_from(bound.value).ok()).unwrap_or(usize::MAX)
}

fn key_domain(keys: &KeysModel) -> Domain {
    if !keys.members.is_empty() {
        return Domain::Enum(keys.members.iter().map(|member| member.value.clone()).collect::<Vec<_>>().into());
    }
    let pattern = keys.pattern.as_ref().map(|pattern| Pattern::of(pattern.value.clone()).into());
    Domain::String { max_length: size(&keys.max_length), pattern }
}

/// The keys of an attribute's map, wherever in its type it is.
pub(crate) fn keys(attribute: &AttributeModel) -> Option<&Located<KeysModel>> {
    fn of(ty: &TypeModel) -> Option<&Located<KeysModel>> {
        match ty {
            TypeModel::Map(map) => Some(&map.keys),
            TypeModel::List(item) => of(&item.value),
            TypeModel::Named(_) | TypeModel::Enum(_) => None,
        }
    }
    of(&attribute.ty.as_ref()?.value)
}

/// Each pattern of an attribute: its own where its values are texts, then that of its map's keys; with the longest text.
pub(crate) fn patterns<'m>(
    index: &Index<'_>,
    attribute: &'m AttributeModel,
) -> impl Iterator<Item = (&'m Located<String>, Option<&'m Located<i64>>)> {
    let are_texts = index.domain(attribute).is_none_or(|domain| matches!(domain.innermost(), Domain::String { .. }));
    let own = attribute.pattern.as_ref().filter(|_| are_texts).map(|own| (own, attribute.max_length.as_ref()));
    let of_keys = keys(attribute).map(|keys| &keys.value);
    own.into_iter().chain(of_keys.and_then(|keys| Some((keys.pattern.as_ref()?, keys.max_length.as_ref()))))
}

/// Lists the channels that each channel grants, unless there are more than a consent can hold.
fn grants(model: &Model) -> Vec<(u8, Consent)> {
    let consent = model.consent.as_ref().filter(|consent| consent.numbers().all(|number| number != u8::MAX));
    consent.iter().flat_map(|consent| consent.numbers().map(|number| (number, consent.grants(number)))).collect()
}

/// The name on the wire of an attribute.
pub fn wire_name<'a>(id: &'a str, attribute: &'a AttributeModel) -> &'a str {
    attribute.name.as_ref().map_or(id, |name| &name.value)
}

/// The type without its lists and maps.
pub(crate) fn innermost(ty: &Located<TypeModel>) -> &Located<TypeModel> {
    match &ty.value {
        TypeModel::List(item) => innermost(item),
        TypeModel::Map(map) => innermost(&map.value),
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
