//! The catalogue as checked. Fields are private: only the checks build one, so every reference resolves, every bound
//! makes sense, and every attribute is in exactly one row.

mod channel;
mod endpoint;
pub(crate) mod ids;
mod joined;
pub(crate) mod waiver;

use std::collections::BTreeMap;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use candor_domain::Shared;

pub use self::channel::{Ask, Channel};
pub use self::endpoint::Endpoint;
pub use self::ids::{AttributeId, ObjectId, RowId};
pub use self::waiver::Waiver;
use crate::handling::Handling;
use crate::model::Located;
pub use crate::model::{Collected, DeprecationReason, Number, Personal, Stability};
use crate::page::PageForm;
use crate::{Identifier, OptOut, Period, Place, Sources, Unit};
pub use candor_domain::{
    AttributeInfo, ChannelName, Consent, DEFAULT, Domain, Encoding, Instrument, Join, MARKER, MOST_LINKS, Measure,
    Member, NumberType, OPT_IN, ObjectInfo, OnViolation, REMOTE, SignalKind, marker_names, series,
};

/// The checked whole: head, rows, attributes, objects and signals.
#[derive(Debug, Clone)]
pub struct Catalogue {
    pub(crate) head: Head,
    pub(crate) rows: Vec<Row>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) objects: Vec<Object>,
    pub(crate) signals: Vec<Signal>,
    pub(crate) common: Vec<SignalAttribute>,
    pub(crate) resource: Resource,
    /// For every row, the positions of its attributes and of its signals.
    pub(crate) by_row: Vec<(Vec<usize>, Vec<usize>)>,
    pub(crate) objects_by_id: BTreeMap<String, ObjectId>,
}

impl Catalogue {
    /// Names, version, switches and page text.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The lines of the table, in its order.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// All attributes, in the order written.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// All objects, in the order written.
    pub fn objects(&self) -> &[Object] {
        &self.objects
    }

    /// All spans, then all events, in the order written.
    pub fn signals(&self) -> &[Signal] {
        &self.signals
    }

    /// The attributes of every signal. A signal that lists one itself says whether it is required there.
    pub fn common(&self) -> &[SignalAttribute] {
        &self.common
    }

    /// The attributes of the process, which go once with each request.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The row behind an index.
    pub fn row(&self, id: RowId) -> &Row {
        &self.rows[id.0]
    }

    /// The attribute behind an index.
    pub fn attribute(&self, id: AttributeId) -> &Attribute {
        &self.attributes[id.0]
    }

    /// The object behind an index.
    pub fn object(&self, id: ObjectId) -> &Object {
        &self.objects[id.0]
    }

    /// The signal with this id (its key in the catalogue).
    pub fn signal(&self, id: &str) -> Option<&Signal> {
        self.signals.iter().find(|signal| signal.id == id)
    }

    /// The index of the row at this position of [`rows`](Self::rows).
    pub fn row_id(&self, position: usize) -> Option<RowId> {
        (position < self.rows.len()).then_some(RowId(position))
    }

    /// The index of the object at this position of [`objects`](Self::objects).
    pub fn object_id(&self, position: usize) -> Option<ObjectId> {
        (position < self.objects.len()).then_some(ObjectId(position))
    }

    /// The object with this id.
    pub fn object_named(&self, id: &str) -> Option<&Object> {
        self.objects_by_id.get(id).map(|id| self.object(*id))
    }

    /// The attribute with this id.
    pub fn attribute_named(&self, id: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.id == id)
    }

    /// Returns the handling of an attribute: its own words, and its row's where it says nothing.
    pub fn handling(&self, attribute: &Attribute) -> Handling {
        attribute.handling.within(&self.row(attribute.row).handling)
    }

    /// The attributes of a row, in the order written.
    pub fn row_attributes(&self, id: RowId) -> impl Iterator<Item = &Attribute> {
        self.by_row[id.0].0.iter().map(|position| &self.attributes[*position])
    }

    /// The signals that a row discloses, in the order written.
    pub fn row_signals(&self, id: RowId) -> impl Iterator<Item = &Signal> {
        self.by_row[id.0].1.iter().map(|position| &self.signals[*position])
    }

    /// The object that a domain names.
    pub fn object_of(&self, info: &ObjectInfo) -> Option<&Object> {
        self.object_named(&info.id)
    }

    /// The index of the object that a domain names.
    pub fn object_id_of(&self, info: &ObjectInfo) -> Option<ObjectId> {
        self.objects_by_id.get(&*info.id).copied()
    }

    /// The channels that a row is collected through: what its *Defaulted* column says. Computed from its attributes, or
    /// else its signals; in the order of their numbers, each once, and usually only one.
    pub fn row_channels(&self, id: RowId) -> Vec<Collected> {
        let mut channels: Vec<_> = self.row_attributes(id).map(|attribute| attribute.collected).collect();
        if channels.is_empty() {
            channels = self.row_signals(id).map(|signal| signal.collected).collect();
        }
        channels.sort_by_key(|collected| collected.number());
        channels.dedup();
        channels
    }
}

/// Names, version, switches and page text.
#[derive(Debug, Clone)]
pub struct Head {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) version: String,
    pub(crate) service: String,
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) opt_in: Option<String>,
    pub(crate) opt_out: Vec<OptOut>,
    pub(crate) ask: Option<Ask>,
    pub(crate) channels: Vec<Channel>,
    pub(crate) docs: Docs,
    pub(crate) reviews: Vec<Review>,
    pub(crate) allow: Vec<Waiver>,
    pub(crate) places: BTreeMap<&'static str, Place>,
    pub(crate) files: Vec<PathBuf>,
}

impl Head {
    /// Short name, for code and files.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Name of the program, as people write it.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Version of the disclosure.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// OpenTelemetry's `service.name`.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The places where signals go. Empty when the catalogue names none.
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// The address of the first endpoint, when the catalogue names one.
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoints.first().map(|endpoint| &*endpoint.url)
    }

    /// The endpoint with this key.
    pub fn endpoint_named(&self, name: &str) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.name == name)
    }

    /// The endpoint that a signal goes to, when the catalogue names one.
    pub fn endpoint_of(&self, signal: &candor_domain::Signal) -> Option<&Endpoint> {
        self.endpoints.get(usize::from(signal.endpoint))
    }

    /// The switch that opts in, as users see it.
    pub fn opt_in(&self) -> Option<&str> {
        self.opt_in.as_deref()
    }

    /// The switches that turn everything off, beside the variables that always do.
    pub fn opt_out(&self) -> &[OptOut] {
        &self.opt_out
    }

    /// Text of the telemetry page.
    pub fn docs(&self) -> &Docs {
        &self.docs
    }

    /// The people who agreed to widenings, in the order written.
    pub fn reviews(&self) -> &[Review] {
        &self.reviews
    }

    /// The findings that are taken back everywhere, in the order written.
    pub fn allow(&self) -> &[Waiver] {
        &self.allow
    }

    /// The place of a value of the head, such as `version`; the head's start for one that is not written.
    pub(crate) fn place(&self, key: &str) -> Place {
        self.places.get(key).copied().unwrap_or(Place::file_start(0))
    }

    /// The files the catalogue was read from, its head first.
    pub fn files(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(PathBuf::as_path)
    }

    pub(crate) fn set_files(&mut self, sources: &Sources) {
        self.files = sources.files().iter().map(|source| source.path.clone()).collect();
    }
}

/// A signature: who agreed to which widenings.
#[derive(Debug, Clone)]
pub struct Review {
    /// Version of the disclosure that widens.
    pub version: String,
    /// The person or group that agreed.
    pub who: String,
    /// The day, as `YYYY-MM-DD`.
    pub when: String,
    /// The place of the agreement.
    pub link: String,
    /// Paths of what widens, as [`diff`](crate::diff()) names them.
    pub widens: Vec<Located<String>>,
}

/// Text of the telemetry page around the table, in Markdown.
#[derive(Debug, Clone)]
pub struct Docs {
    /// Title of the page.
    pub title: String,
    /// The text before everything else.
    pub intro: Option<String>,
    /// Sections before the table.
    pub before: Vec<Section>,
    /// Heading of the table.
    pub table_title: String,
    /// Its form.
    pub page: PageForm,
    /// The text right below the table.
    pub note: Option<String>,
    /// Sections after the table.
    pub after: Vec<Section>,
}

/// One section of the telemetry page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Heading.
    pub title: String,
    /// Body, in Markdown.
    pub text: String,
}

/// One line of the Data Explanation table.
#[derive(Debug, Clone)]
pub struct Row {
    /// Key in the catalogue.
    pub id: String,
    /// The *Data* column.
    pub title: String,
    /// Opens the *Reason and Specifics* column.
    pub reason: Option<String>,
    /// The default for its attributes that say nothing of their own.
    pub personal: Option<Personal>,
    /// The handling of itself and of its attributes that say nothing of their own.
    pub handling: Handling,
    /// Version of the disclosure that first listed it.
    pub since: Option<String>,
    /// Set when it is on its way out.
    pub deprecated: Option<Deprecated>,
    /// The findings about it that are taken back.
    pub allow: Vec<Waiver>,
    /// The place in the source.
    pub place: Place,
}

/// One named value: what decides what may pass, to which it dereferences, and what people read.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// Key, name, domain and what else decides what may pass.
    pub info: Shared<AttributeInfo>,
    /// The row that discloses it.
    pub row: RowId,
    /// The channel that it is collected through.
    pub collected: Collected,
    /// The names of an enum's members in code, in their order. Empty for other types.
    pub variants: Vec<Variant>,
    /// Unit of the number.
    pub unit: Option<Unit>,
    /// A short description, as a phrase.
    pub brief: String,
    /// More to say.
    pub note: Option<String>,
    /// Values as they may be sent.
    pub examples: Vec<Example>,
    /// The declaration on personal data: its own, or its row's. `None` only in a catalogue of an older build, which
    /// need not say it: undeclared.
    pub personal: Option<Personal>,
    /// For identifiers: where they come from, and what they stay the same for.
    pub identifier: Option<Identifier>,
    /// Attributes that this one is computed from.
    pub derived_from: Vec<AttributeId>,
    /// True if a person or a run may have written the text.
    pub free_text: bool,
    /// The handling in its own words: [`Catalogue::handling`] adds its row's.
    pub handling: Handling,
    /// Version of the disclosure that first listed it.
    pub since: Option<String>,
    /// Set when it is on its way out.
    pub deprecated: Option<Deprecated>,
    /// OpenTelemetry's stability level.
    pub stability: Option<Stability>,
    /// The findings about it that are taken back.
    pub allow: Vec<Waiver>,
    /// The place in the source.
    pub place: Place,
}

/// The name of an enum's member in code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// In Rust: unlike those of all other members.
    pub name: String,
    /// The name for code that the catalogue has beside the member's text.
    pub written: Option<String>,
}

impl Deref for Attribute {
    type Target = AttributeInfo;

    fn deref(&self) -> &AttributeInfo {
        &self.info
    }
}

/// An example value.
#[derive(Debug, Clone, PartialEq)]
pub enum Example {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Double(f64),
    /// Text.
    Text(String),
    /// A list.
    List(Vec<Example>),
}

/// A notice that something is on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deprecated {
    /// The reason.
    pub reason: DeprecationReason,
    /// The successor.
    pub renamed_to: Option<String>,
    /// More to say.
    pub note: Option<String>,
}

/// A named structure. It dereferences to what decides what may pass.
#[derive(Debug, Clone)]
pub struct Object {
    /// Key and fields, as far as they decide what may pass.
    pub info: Shared<ObjectInfo>,
    /// A short description.
    pub brief: Option<String>,
    /// Its fields, in the order written.
    pub fields: Vec<Field>,
    /// The findings about it that are taken back.
    pub allow: Vec<Waiver>,
    /// The place in the source.
    pub place: Place,
}

/// One field of an object.
#[derive(Debug, Clone)]
pub struct Field {
    /// Name on the wire.
    pub name: String,
    /// The attribute behind it.
    pub attribute: AttributeId,
    /// True if the field must be there. An opt-in field never must.
    pub required: bool,
    /// The place in the source.
    pub place: Place,
}

impl Deref for Object {
    type Target = ObjectInfo;

    fn deref(&self) -> &ObjectInfo {
        &self.info
    }
}

/// A span or an event. It dereferences to what decides what may pass.
#[derive(Debug, Clone)]
pub struct Signal {
    /// Key, kind, name and what else decides what may pass.
    pub info: candor_domain::Signal,
    /// The channel that it is sent through.
    pub collected: Collected,
    /// The fact that it tells by being sent.
    pub brief: String,
    /// The row that discloses that it is sent.
    pub row: Option<RowId>,
    /// Its own attributes in the order written, then the common ones it does not list itself.
    pub attributes: Vec<SignalAttribute>,
    /// The time that passes at least from one to the next.
    pub every: Option<Period>,
    /// The attribute, one of these, whose value is the body of the log record.
    pub body: Option<AttributeId>,
    /// Version of the disclosure that first listed it.
    pub since: Option<String>,
    /// Set when it is on its way out.
    pub deprecated: Option<Deprecated>,
    /// OpenTelemetry's stability level.
    pub stability: Option<Stability>,
    /// The findings about it that are taken back.
    pub allow: Vec<Waiver>,
    /// The place in the source.
    pub place: Place,
}

impl Deref for Signal {
    type Target = candor_domain::Signal;

    fn deref(&self) -> &candor_domain::Signal {
        &self.info
    }
}

/// The attributes of the process, which go once with each request: not `service.name`, which the head says.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Names, domains and what else decides what may pass.
    pub info: candor_domain::ResourceInfo,
    /// Its attributes in the order written.
    pub attributes: Vec<SignalAttribute>,
}

/// An attribute as a signal carries it, or the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignalAttribute {
    /// The attribute.
    pub attribute: AttributeId,
    /// True if the attribute must be there. An opt-in attribute of a default signal never must.
    pub required: bool,
}
