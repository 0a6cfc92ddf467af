//! Builds the attributes, objects and signals of `candor-domain` from a checked model: the data that decides what passes.
//!
//! `required` is decided here, once for every schema, validator and filter.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use candor_domain::{
    AttributeInfo, ChannelName, Consent, DEFAULT, Measure, Member, ObjectInfo, Relations, ResourceInfo, Shared, Signal,
    SignalKind, UNNAMED,
};

use crate::Row;
use crate::index::{Index, wire_name};
use crate::model::*;

/// Attributes and objects, each made once, when it is first asked for. No object holds itself: a check says so.
pub(crate) struct Ground<'g, 'm> {
    pub index: &'g Index<'m>,
    catalogue: &'g str,
    rows: &'g [Row],
    channels: Shared<[ChannelName]>,
    attributes: RefCell<HashMap<String, Shared<AttributeInfo>>>,
    objects: RefCell<HashMap<String, Shared<ObjectInfo>>>,
}

impl<'g, 'm> Ground<'g, 'm> {
    pub fn new(index: &'g Index<'m>, catalogue: &'g str, rows: &'g [Row]) -> Self {
        let channels = channel_names(index.model).into();
        Ground { index, catalogue, rows, channels, attributes: RefCell::default(), objects: RefCell::default() }
    }

    pub fn attribute(&self, id: &str) -> Option<Shared<AttributeInfo>> {
        if let Some(known) = self.attributes.borrow().get(id) {
            return Some(known.clone());
        }
        let attribute = self.index.attribute(id)?;
        let row = self.rows.get(self.index.rows.get(&attribute.row.as_ref()?.value)?)?;
        let info = Shared::from(AttributeInfo {
            id: id.to_owned().into(),
            name: wire_name(id, attribute).to_owned().into(),
            row: row.title.clone().into(),
            needs: attribute.collected.as_ref()?.value.needs(),
            domain: self.index.domain_with(attribute, &|id| self.object(id))?,
            encoding: encoding(attribute).into(),
            on_violation: attribute.on_violation.as_ref().map_or(OnViolation::Drop, |violation| violation.value).into(),
            nullable: attribute.nullable.as_ref().is_some_and(|nullable| nullable.value),
        });
        self.attributes.borrow_mut().insert(id.to_owned(), info.clone());
        Some(info)
    }

    pub fn object(&self, id: &str) -> Option<Shared<ObjectInfo>> {
        if let Some(known) = self.objects.borrow().get(id) {
            return Some(known.clone());
        }
        let object = self.index.object(id)?;
        let fields = object.fields.iter().map(|(name, field)| {
            let attribute = self.attribute(&field.attribute.as_ref()?.value)?;
            let requirement = field.requirement.as_ref().map_or(Requirement::Required, |requirement| requirement.value);
            let required = requirement == Requirement::Required && Consent::of(DEFAULT).includes(attribute.needs);
            Some(Member { rename: Some(name.value.clone().into()), attribute, required, body: false })
        });
        let fields: Vec<Member> = fields.collect::<Option<_>>()?;
        let info = Shared::from(ObjectInfo::new(self.catalogue.to_owned().into(), id.to_owned().into(), fields.into()));
        self.objects.borrow_mut().insert(id.to_owned(), info.clone());
        Some(info)
    }

    /// A signal with its own attributes in the order written, then the common ones that it does not list itself. The body
    /// of its log record is last.
    pub fn signal(&self, kind: SignalKind, id: &Located<String>, signal: &SignalModel) -> Option<Signal> {
        let needs = signal.collected.as_ref()?.value.needs();
        let listed: HashSet<&str> = signal.attributes.names().collect();
        let common = self.index.common_of(signal).filter(|(name, _)| !listed.contains(name.value.as_str()));
        let own = signal.attributes.iter().map(|own| self.carried(own, needs));
        let common = common.map(|own| self.carried(own, needs));
        let mut members: Vec<Member> = own.chain(common).collect::<Option<_>>()?;
        if let Some(body) = &signal.body {
            // Last, so that the attributes of OTLP stand side by side.
            let place = members.iter().position(|member| member.attribute.id == body.value)?;
            let body = members.remove(place);
            members.push(Member { body: true, ..body });
        }
        let name = signal.name.as_ref()?.value.clone();
        let (catalogue, id) = (self.catalogue.to_owned(), id.value.clone());
        let every = signal.every.as_ref().map_or(0, |every| every.value.seconds());
        let relations = relations(signal);
        let endpoint = u8::try_from(self.index.endpoint_of(signal)?).ok()?;
        let measure = match &signal.measure {
            Some(measure) => Some(self::measure(measure)?),
            None => None,
        };
        let signal = Signal::new(catalogue.into(), id.into(), kind, name.into(), needs, members.into());
        Some(Signal { channels: self.channels.clone(), measure, relations, ..signal.every(every).going_to(endpoint) })
    }

    /// The attributes of the process.
    pub fn resource(&self) -> Option<ResourceInfo> {
        let carried = self.index.model.resource.iter().map(|own| self.carried(own, Consent::of(DEFAULT)));
        let attributes = carried.collect::<Option<Vec<_>>>()?.into();
        Some(ResourceInfo { catalogue: self.catalogue.to_owned().into(), attributes })
    }

    /// An attribute as something carries it that needs these channels.
    fn carried(&self, (name, requirement): &(Located<String>, Located<Requirement>), needs: Consent) -> Option<Member> {
        let attribute = self.attribute(&name.value)?;
        // What is sent without a channel must be enough with it.
        let required =
            requirement.value == Requirement::Required && needs.and(Consent::of(DEFAULT)).includes(attribute.needs);
        Some(Member { rename: None, attribute, required, body: false })
    }
}

/// The spans that a signal may be joined with.
fn relations(signal: &SignalModel) -> Relations {
    let keys =
        |names: &[Located<String>]| names.iter().map(|name| name.value.clone().into()).collect::<Vec<_>>().into();
    Relations {
        parents: keys(&signal.parents),
        links_to: keys(&signal.links_to),
        propagates: signal.propagates.as_ref().is_some_and(|propagates| propagates.value),
    }
}

/// The instrument of a metric and its numbers.
fn measure(measure: &MeasureModel) -> Option<Measure> {
    let bounds: Vec<f64> = measure.bounds.iter().map(|bound| bound.value.as_f64()).collect();
    Some(Measure {
        instrument: measure.instrument.as_ref()?.value.into(),
        number: measure.value.as_ref()?.value.into(),
        unit: measure.unit.as_ref().map(|unit| unit.value.clone()).unwrap_or_default().into(),
        bounds: bounds.into(),
        interval: measure.interval.as_ref().map_or(USUAL_INTERVAL, |interval| interval.value.seconds()),
    })
}

/// The form of a value in OTLP. A JSON value is always a text: others could not tell a text in it from JSON.
fn encoding(attribute: &AttributeModel) -> Encoding {
    let is_json = attribute.ty.as_ref().is_some_and(|ty| ty.value == TypeModel::Named("json".to_owned()));
    let written = attribute.encoding.as_ref().map_or(Encoding::Map, |encoding| encoding.value);
    if is_json { Encoding::Json } else { written }
}

/// The names of all channels but `default`, sorted.
fn channel_names(model: &Model) -> Vec<ChannelName> {
    let named = model.consent.iter().flat_map(|consent| consent.channels.names().zip(consent.numbers()));
    let named = named.map(|(name, number)| ChannelName { name: name.to_owned().into(), number });
    let mut names: Vec<_> = named.chain(UNNAMED.iter().cloned()).collect();
    names.sort_by(|one, other| one.name.cmp(&other.name));
    names
}

impl From<Encoding> for candor_domain::Encoding {
    fn from(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Map => candor_domain::Encoding::Map,
            Encoding::Json => candor_domain::Encoding::Json,
        }
    }
}

impl From<OnViolation> for candor_domain::OnViolation {
    fn from(violation: OnViolation) -> Self {
        match violation {
            OnViolation::Drop => candor_domain::OnViolation::Drop,
            OnViolation::Truncate => candor_domain::OnViolation::Truncate,
        }
    }
}
