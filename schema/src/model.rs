//! The catalogue as written: every part with its place, nothing resolved, nothing judged.
//!
//! The doc comments below are what an editor shows on hover: with the feature `json-schema` these types give the
//! format's own JSON Schema. A missing part is `None`; whether it may be missing is for the reader to say.

#[cfg(feature = "json-schema")]
use schemars::JsonSchema;

use candor_domain::Join;
pub use candor_domain::Period;

use crate::handling::HandlingModel;
use crate::page::PageModel;

mod consent;
mod endpoint;
mod identifier;
pub(crate) mod located;
mod metric;
mod opt_out;
mod ty;
pub(crate) mod words;

pub use consent::{AskModel, ChannelModel, Collected, ConsentModel, OnOff};
pub use endpoint::{EndpointModel, FormWord, MethodWord, TemplateModel};
pub use identifier::{IdentifierModel, IdentifierScope, IdentifierSource, IdentifierWord};
pub use located::{Entries, Located};
pub use metric::{InstrumentWord, MeasureModel, USUAL_INTERVAL, ValueWord};
pub use opt_out::{OptOutKind, OptOutModel};
pub use ty::{EnumModel, KeysModel, MapModel, MemberModel, TypeModel};
pub(crate) use words::words;

/// A telemetry catalogue: everything a program may ever report.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema), schemars(deny_unknown_fields, rename = "Catalogue"))]
pub struct Model {
    /// Version of the catalogue format: 1.
    #[cfg_attr(feature = "json-schema", schemars(range(min = 1, max = 1)))]
    pub candor: Option<Located<i64>>,
    /// Short name of the catalogue, for code and files: lower case, digits, `_` and `-`.
    #[cfg_attr(feature = "json-schema", schemars(regex(pattern = "^[a-z][a-z0-9_-]*$")))]
    pub name: Option<Located<String>>,
    /// Name of the program, as people write it.
    pub title: Option<Located<String>>,
    /// Version of the disclosure: `1.4.0`, `1.4`, or the day of a release, `2026-11-30`. A person's stored consent
    /// remembers it.
    #[cfg_attr(feature = "json-schema", schemars(default, schema_with = "crate::version::schema"))]
    pub version: Option<Located<String>>,
    /// OpenTelemetry's `service.name` of everything that is sent.
    pub service: Option<Located<String>>,
    /// OTLP/HTTP endpoint the reports go to, when the catalogue names one. The application may set another.
    pub endpoint: Option<Located<String>>,
    /// The places where signals go, when it is not one OTLP endpoint. A signal that names none goes to the first.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub endpoints: Entries<EndpointModel>,
    /// The switches a user has.
    pub consent: Option<ConsentModel>,
    /// Text of the telemetry page around the Data Explanation table.
    pub docs: Option<DocsModel>,
    /// Signatures of those who agreed to more being collected by default than before. `candor diff` asks for them.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub reviews: Vec<ReviewModel>,
    /// The lines of the Data Explanation table, in its order.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub rows: Entries<RowModel>,
    /// Every named value that a signal or an object may carry.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub attributes: Entries<AttributeModel>,
    /// Named structures used as an attribute's value.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub objects: Entries<ObjectModel>,
    /// OpenTelemetry spans.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub spans: Entries<SignalModel>,
    /// OpenTelemetry events (log records with an event name).
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub events: Entries<SignalModel>,
    /// OpenTelemetry metrics.
    #[cfg_attr(feature = "json-schema", schemars(default, with = "Entries<metric::MetricForm>"))]
    pub metrics: Entries<SignalModel>,
    /// Attributes of every signal, and whether each must be there; a list alone says optional. A signal that lists one
    /// itself says whether it is required there.
    #[cfg_attr(feature = "json-schema", schemars(default, with = "Common"))]
    pub common: Entries<Located<Requirement>>,
    /// Attributes of the process, sent once per request in the OTLP resource, and whether each must be there.
    /// `service.name` is the catalogue's `service` and not listed.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub resource: Entries<Located<Requirement>>,
    /// Checks whose findings are taken back everywhere in the catalogue, by code, and why.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub allow: Entries<Located<String>>,
}

/// Text of the telemetry page, in Markdown.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema), schemars(deny_unknown_fields, rename = "Docs"))]
pub struct DocsModel {
    /// Title of the page. `Telemetry` when missing.
    pub title: Option<Located<String>>,
    /// The text before everything else.
    pub intro: Option<Located<String>>,
    /// Sections before the table.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub before: Vec<SectionModel>,
    /// Heading of the table. `Data Explanation` when missing.
    pub table_title: Option<Located<String>>,
    /// Its form.
    #[cfg_attr(feature = "json-schema", schemars(flatten))]
    pub page: PageModel,
    /// The text right below the table.
    pub note: Option<Located<String>>,
    /// Sections after the table.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub after: Vec<SectionModel>,
}

/// One section of the telemetry page.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema), schemars(deny_unknown_fields, rename = "Section"))]
pub struct SectionModel {
    /// Heading.
    #[cfg_attr(feature = "json-schema", schemars(required))]
    pub title: Option<Located<String>>,
    /// Body, in Markdown.
    #[cfg_attr(feature = "json-schema", schemars(required))]
    pub text: Option<Located<String>>,
}

/// A signature: who agreed to which widenings.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema), schemars(deny_unknown_fields, rename = "Review"))]
pub struct ReviewModel {
    /// Version of the disclosure that widens.
    #[cfg_attr(feature = "json-schema", schemars(required, schema_with = "crate::version::schema"))]
    pub version: Option<Located<String>>,
    /// The person or group that agreed.
    #[cfg_attr(feature = "json-schema", schemars(required))]
    pub who: Option<Located<String>>,
    /// The day, as `YYYY-MM-DD`.
    #[cfg_attr(feature = "json-schema", schemars(required, regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$")))]
    pub when: Option<Located<String>>,
    /// The place of the agreement.
    #[cfg_attr(feature = "json-schema", schemars(required, regex(pattern = "^https?://")))]
    pub link: Option<Located<String>>,
    /// The changes that widen, each by its path as `candor diff` names it, such as `attributes.crew_key`.
    #[cfg_attr(feature = "json-schema", schemars(required))]
    pub widens: Vec<Located<String>>,
}

/// One line of the Data Explanation table.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema), schemars(deny_unknown_fields, rename = "Row"))]
pub struct RowModel {
    /// The *Data* column.
    #[cfg_attr(feature = "json-schema", schemars(required))]
    pub title: Option<Located<String>>,
    /// Opens the *Reason and Specifics* column.
    pub reason: Option<Located<String>>,
    /// The declaration on personal data for its attributes that do not say so themselves.
    pub personal: Option<Located<Personal>>,
    /// The handling: purpose, owner, retention.
    #[cfg_attr(feature = "json-schema", schemars(flatten))]
    pub handling: HandlingModel,
    /// Version of the disclosure that first listed it.
    #[cfg_attr(feature = "json-schema", schemars(default, schema_with = "crate::version::schema"))]
    pub since: Option<Located<String>>,
    /// Set when it is on its way out.
    pub deprecated: Option<DeprecatedModel>,
    /// Checks whose findings about this are taken back, by code, and why: `W0304: it is the name of a column`.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub allow: Entries<Located<String>>,
}

/// One named value.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema), schemars(deny_unknown_fields, rename = "Attribute"))]
pub struct AttributeModel {
    /// The row of the table that discloses it.
    #[cfg_attr(feature = "json-schema", schemars(required))]
    pub row: Option<Located<String>>,
    /// The channel that it is collected through: `default`, `opt_in`, or one that the catalogue names. Never implied.
    #[cfg_attr(feature = "json-schema", schemars(required))]
    pub collected: Option<Located<Collected>>,
    /// `string`, `boolean`, `int`, `double`, `timestamp`, `{enum: [...]}`, an object's name, `[T]` for a list,
    /// `{map: T, keys: {...}}`, or `json` for a value whose fields nobody can list.
    #[cfg_attr(feature = "json-schema", schemars(required, rename = "type"))]
    pub ty: Option<Located<TypeModel>>,
    /// Name on the wire, when it is not the attribute's own name here.
    pub name: Option<Located<String>>,
    /// A short description, as a phrase: it becomes part of the row's *Includes: …*.
    #[cfg_attr(feature = "json-schema", schemars(required))]
    pub brief: Option<Located<String>>,
    /// More to say than the brief, for developers.
    pub note: Option<Located<String>>,
    /// Values as they may be sent.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub examples: Vec<Located<ExampleModel>>,
    /// Longest text, in characters (Unicode scalar values). In a list or a map it bounds each item, as `pattern` does. Of a
    /// JSON value it bounds the whole text.
    #[cfg_attr(feature = "json-schema", schemars(range(min = 0)))]
    pub max_length: Option<Located<i64>>,
    /// Regular expression the whole text matches: anchored with `^` and `$`, portable syntax.
    pub pattern: Option<Located<String>>,
    /// Smallest number.
    pub minimum: Option<Located<Number>>,
    /// Largest number.
    pub maximum: Option<Located<Number>>,
    /// Unit of the number, in UCUM as OpenTelemetry writes it: `ms`, `s`, `By`, `%`, `1`, `{request}`.
    pub unit: Option<Located<String>>,
    /// Most items of a list, or entries of a map.
    #[cfg_attr(feature = "json-schema", schemars(range(min = 0)))]
    pub max_items: Option<Located<i64>>,
    /// Deepest nesting of lists and objects in a JSON value. A value without parts has none.
    #[cfg_attr(feature = "json-schema", schemars(range(min = 0, max = 32)))]
    pub max_depth: Option<Located<i64>>,
    /// The form in which an object, a list or a map travels: as an OTLP `map` (the default) or as a `json` string. Inside
    /// another object, that object's encoding counts.
    pub encoding: Option<Located<Encoding>>,
    /// Set if null is sent, and admitted, in the place of a value. A required attribute may be null, too.
    pub nullable: Option<Located<bool>>,
    /// The declaration on personal data, for example because a person wrote it. Needed here or in its row.
    pub personal: Option<Located<Personal>>,
    /// For identifiers: where they come from, and what they stay the same for.
    pub identifier: Option<Located<IdentifierModel>>,
    /// Attributes that this one is computed from, hashed or not.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub derived_from: Vec<Located<String>>,
    /// True if a person or a run may have written the text.
    pub free_text: Option<Located<bool>>,
    /// The treatment of a value outside its domain. Never sent as it is.
    pub on_violation: Option<Located<OnViolation>>,
    /// The handling: purpose, owner, retention.
    #[cfg_attr(feature = "json-schema", schemars(flatten))]
    pub handling: HandlingModel,
    /// Version of the disclosure that first listed it.
    #[cfg_attr(feature = "json-schema", schemars(default, schema_with = "crate::version::schema"))]
    pub since: Option<Located<String>>,
    /// Set when it is on its way out.
    pub deprecated: Option<DeprecatedModel>,
    /// OpenTelemetry's stability level.
    pub stability: Option<Located<Stability>>,
    /// Checks whose findings about this are taken back, by code, and why: `W0304: it is the name of a column`.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub allow: Entries<Located<String>>,
}

/// A named structure.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema), schemars(deny_unknown_fields, rename = "Object"))]
pub struct ObjectModel {
    /// A short description.
    pub brief: Option<Located<String>>,
    /// Names on the wire, and the attribute behind each.
    #[cfg_attr(feature = "json-schema", schemars(required))]
    pub fields: Entries<FieldModel>,
    /// Checks whose findings about this are taken back, by code, and why: `W0304: it is the name of a column`.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub allow: Entries<Located<String>>,
}

/// One field of an object: an attribute's name, or a mapping that also says whether it may be missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FieldModel {
    /// The attribute.
    pub attribute: Option<Located<String>>,
    /// `required` when missing, for a default attribute; an opt-in attribute is always optional.
    pub requirement: Option<Located<Requirement>>,
}

/// A span or an event, or a metric.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema), schemars(deny_unknown_fields, rename = "Signal"))]
pub struct SignalModel {
    /// Name on the wire.
    #[cfg_attr(feature = "json-schema", schemars(required))]
    pub name: Option<Located<String>>,
    /// The channel that it is sent through, as a whole: `default`, `opt_in`, or one that the catalogue names.
    #[cfg_attr(feature = "json-schema", schemars(required))]
    pub collected: Option<Located<Collected>>,
    /// The fact that it tells by being sent, as a phrase.
    #[cfg_attr(feature = "json-schema", schemars(required))]
    pub brief: Option<Located<String>>,
    /// The row that discloses that and when it is sent; the brief becomes part of the row. Needed when the signal has
    /// no attributes of its own.
    pub row: Option<Located<String>>,
    /// The endpoint that it goes to, by its name under `endpoints`. The first when missing.
    pub endpoint: Option<Located<String>>,
    /// Its attributes, and whether each must be there.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub attributes: Entries<Located<Requirement>>,
    /// The time that passes at least from one to the next, in all runs of an installation: `1d`.
    #[cfg_attr(feature = "json-schema", schemars(with = "Option<String>", regex(pattern = "^[1-9][0-9]*[smhdw]$")))]
    pub every: Option<Located<Period>>,
    /// The attribute, one of these, whose value is the body of the log record. Events only.
    pub body: Option<Located<String>>,
    /// The spans that it may belong to, by their keys under `spans`; `remote` for a span of another process. Without any
    /// it stands for itself: no other signal can be joined with it as its parent.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub parents: Vec<Located<String>>,
    /// The spans that it may link to, by their keys under `spans`; `remote` for a span of another process. Spans only.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub links_to: Vec<Located<String>>,
    /// Set if its id may be handed to other processes, as a `traceparent` header. Spans only.
    pub propagates: Option<Located<bool>>,
    /// The instrument and its numbers, of a metric.
    #[cfg_attr(feature = "json-schema", schemars(skip))]
    pub measure: Option<MeasureModel>,
    /// Version of the disclosure that first listed it.
    #[cfg_attr(feature = "json-schema", schemars(default, schema_with = "crate::version::schema"))]
    pub since: Option<Located<String>>,
    /// Set when it is on its way out.
    pub deprecated: Option<DeprecatedModel>,
    /// OpenTelemetry's stability level.
    pub stability: Option<Located<Stability>>,
    /// Checks whose findings about this are taken back, by code, and why: `W0304: it is the name of a column`.
    #[cfg_attr(feature = "json-schema", schemars(default))]
    pub allow: Entries<Located<String>>,
}

impl SignalModel {
    /// The spans that it may be joined with so.
    pub(crate) fn joined(&self, join: Join) -> &[Located<String>] {
        match join {
            Join::Parent => &self.parents,
            Join::Link => &self.links_to,
        }
    }
}

impl AttributeModel {
    /// The names of what it is computed from, and of what its identifier is a hash of; not all of them are attributes.
    pub(crate) fn sources(&self) -> impl Iterator<Item = &Located<String>> {
        let of = self.identifier.as_ref().map(|identifier| identifier.value.of()).unwrap_or_default();
        self.derived_from.iter().chain(of)
    }
}

/// A notice that something is on its way out, in OpenTelemetry's words.
#[derive(Debug, Clone, Default, PartialEq)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema), schemars(deny_unknown_fields, rename = "Deprecated"))]
pub struct DeprecatedModel {
    /// The reason.
    #[cfg_attr(feature = "json-schema", schemars(required))]
    pub reason: Option<Located<DeprecationReason>>,
    /// The successor, when it was renamed.
    pub renamed_to: Option<Located<String>>,
    /// More to say.
    pub note: Option<Located<String>>,
}

/// An example as written.
#[derive(Debug, Clone, PartialEq)]
pub enum ExampleModel {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i128),
    /// A number.
    Double(f64),
    /// Text.
    Text(String),
    /// A list of values.
    List(Vec<ExampleModel>),
}

/// A bound as written.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "json-schema", derive(JsonSchema), schemars(untagged))]
pub enum Number {
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Double(f64),
}

words!(
    /// The need for an attribute to be there.
    Requirement {
        /// Always there.
        Required = "required",
        /// May be missing; inside an object it may also be null.
        Optional = "optional",
    }
);

words!(
    /// The form in which an object or a list travels in OTLP.
    Encoding {
        /// An OTLP map or array.
        Map = "map",
        /// A JSON text in a string.
        Json = "json",
    }
);

words!(
    /// The declaration on personal data.
    Personal {
        /// It cannot.
        None = "none",
        /// It may, for example because a person wrote it.
        Possible = "possible",
    }
);

words!(
    /// The treatment of a value outside its domain.
    OnViolation {
        /// It is left out and counted.
        Drop = "drop",
        /// A text that is too long is cut to its longest length, and counted.
        Truncate = "truncate",
    }
);

words!(
    /// OpenTelemetry's stability levels.
    Stability {
        /// Being worked out.
        Development = "development",
        /// Usable by the brave.
        Alpha = "alpha",
        /// Nearly done.
        Beta = "beta",
        /// About to be stable.
        ReleaseCandidate = "release_candidate",
        /// Stays as it is.
        Stable = "stable",
    }
);

words!(
    /// OpenTelemetry's reasons for a deprecation.
    DeprecationReason {
        /// There is a successor of the same meaning.
        Renamed = "renamed",
        /// There is no successor.
        Obsoleted = "obsoleted",
        /// Neither.
        Uncategorized = "uncategorized",
    }
);

/// The shapes of `common`.
#[cfg(feature = "json-schema")]
struct Common;

#[cfg(feature = "json-schema")]
impl JsonSchema for Common {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Common".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let requirement = generator.subschema_for::<Requirement>();
        schemars::json_schema!({
            "anyOf": [
                { "type": "array", "items": { "type": "string" } },
                { "type": "object", "additionalProperties": requirement },
            ],
        })
    }
}
