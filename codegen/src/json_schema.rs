//! JSON Schemas (draft 2020-12) of payloads: for each consent level one per signal, and one for any signal.
//!
//! Each schema is closed (`additionalProperties: false`) and accepts what the filter lets through at its level, bounds
//! included. The levels are `default` and `opted_in`. A signal that is opt-in as a whole has no schema at `default`. A
//! payload that is accepted at `default` is accepted at `opted_in`. For each channel that the catalogue names there is one
//! schema for any signal, of what that channel lets through beside what is collected by default.
//!
//! `payload.*.schema.json` asks for the kind and the name first and then refers to the one signal. So a payload with a
//! mistake gets the messages of its own signal and not of all of them. If `droppedAttributesCount` is there, required
//! attributes are not demanded. Patterns are of the syntax that all implementations share; that of timestamps knows
//! leap years.
//!
//! A JSON Schema cannot say four things: that digits beyond 64 bits are no integer, that a key is repeated and how long the
//! text of a JSON value is, which the validator refuses, and that a span ends before it starts, which the audit reports.
//!
//! A signal that goes to an endpoint with a form of its own has a second schema, `*.body.*.schema.json`, of its body there.
//!
//! `catalogue.schema.json` is the format's own, from the types of `schema/src/model.rs`. A test compares its keys with
//! the reader's.

mod bodies;
mod envelope;
mod levels;
mod measured;

use std::collections::BTreeSet;

use candor_schema::{
    AttributeId, Catalogue, Consent, Domain, Join, Member, Object, Signal, SignalAttribute, SignalKind, marker_names,
};
use serde_json::{Map, Value, json};

pub use self::bodies::BodyPlan;
use self::envelope::{envelope, into_map, marker, nanoseconds};
use self::levels::{at_level, levels, path, urn};
use self::measured::measured;
use crate::types::{json_definitions, json_schema, unit_words};
use crate::{Artefact, GENERATED};

/// The JSON Schema of the file in which a program keeps its user's choice.
pub const STORED: &str = include_str!("json_schema/stored.schema.json");

/// Every decision about the schemas.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonSchemaPlan {
    /// One for each level of consent, the narrower first.
    pub levels: Vec<LevelPlan>,
}

/// The payloads that are accepted at one level of consent.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelPlan {
    /// Path of the schema for any signal.
    pub path: String,
    /// Its `$id`.
    pub urn: String,
    /// The title, a few words.
    pub title: String,
    /// The origin of every schema of this level.
    pub comment: String,
    /// Set if every catalogue has it. Then each signal has a schema of its own.
    pub is_common: bool,
    /// The signals that are sent at this level.
    pub signals: Vec<SignalPlan>,
    /// The attributes of the process that are sent at this level, if the catalogue lists any.
    pub resource: Option<Vec<PropertyPlan>>,
    /// The objects that these signals and the resource reach.
    pub objects: Vec<ObjectPlan>,
}

/// One signal at one level.
#[derive(Debug, Clone, PartialEq)]
pub struct SignalPlan {
    /// Key in the catalogue.
    pub id: String,
    /// Path of its own schema.
    pub path: String,
    /// Its `$id`.
    pub urn: String,
    /// Span, event or metric.
    pub kind: SignalKind,
    /// Name on the wire.
    pub name: String,
    /// The fact that it tells by being sent.
    pub description: String,
    /// The names of the channels beyond `default` that it may say it needs, sorted.
    pub channels: Vec<String>,
    /// The ways in which it may be joined with a span.
    pub joins: Vec<Join>,
    /// The attributes it may carry.
    pub attributes: Vec<PropertyPlan>,
    /// The body of the log record.
    pub body: Option<PropertyPlan>,
    /// Ids of the objects that its attributes reach.
    pub objects: Vec<String>,
    /// Its body, if its endpoint has a form of its own.
    pub own_form: Option<BodyPlan>,
    /// The members with the numbers of a metric, each with its schema.
    pub measure: Vec<(&'static str, Value)>,
}

/// One object at one level.
#[derive(Debug, Clone, PartialEq)]
pub struct ObjectPlan {
    /// Key in the catalogue.
    pub id: String,
    /// A description.
    pub description: Option<String>,
    /// The fields it may have.
    pub fields: Vec<PropertyPlan>,
}

/// One attribute of a signal, or one field of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct PropertyPlan {
    /// Name on the wire.
    pub name: String,
    /// A description, its row, and the condition under which it is collected.
    pub description: String,
    /// True if it must be there.
    pub required: bool,
    /// True if it may be null.
    pub nullable: bool,
    /// The values that it may have.
    pub domain: Domain,
}

/// Decides, for each level of consent, which signals, attributes, fields and values are accepted.
pub fn plan(catalogue: &Catalogue) -> JsonSchemaPlan {
    JsonSchemaPlan { levels: levels(catalogue).into_iter().map(|level| plan_level(catalogue, level)).collect() }
}

/// Lays out every schema, and the catalogue format's own.
pub fn render(plan: &JsonSchemaPlan) -> Vec<Artefact> {
    let mut artefacts = Vec::new();
    for level in &plan.levels {
        artefacts.push(artefact(&level.path, &render_payload(level)));
        for signal in level.signals.iter().filter(|_| level.is_common) {
            artefacts.push(artefact(&signal.path, &render_signal(level, signal)));
            artefacts
                .extend(signal.own_form.as_ref().map(|body| artefact(&body.path, &render_own(level, signal, body))));
        }
    }
    artefacts.push(artefact("json-schema/catalogue.schema.json", &format_schema()));
    artefacts
}

/// The format's own schema, with the remark that it is generated before everything else.
pub fn format_schema() -> Value {
    let mut schema = Map::new();
    schema.insert("$comment".to_owned(), format!("{GENERATED}. Do not edit.").into());
    schema.extend(candor_schema::format_schema().as_object().cloned().unwrap_or_default());
    schema.into()
}

/// The schema that accepts any signal at `level`.
pub fn payload_schema(catalogue: &Catalogue, level: Consent) -> Value {
    render_payload(&plan_level(catalogue, level))
}

/// The schema that accepts `signal` at `level`; `None` when it is not sent there.
pub fn signal_schema(catalogue: &Catalogue, signal: &Signal, level: Consent) -> Option<Value> {
    let plan = plan_level(catalogue, level);
    let signal = plan.signals.iter().find(|planned| planned.id == signal.id)?;
    Some(render_signal(&plan, signal))
}

/// The schema of a signal's body at its endpoint; `None` when it is not sent at `level`, or sent as OTLP.
pub fn body_schema(catalogue: &Catalogue, signal: &Signal, level: Consent) -> Option<Value> {
    let plan = plan_level(catalogue, level);
    let signal = plan.signals.iter().find(|planned| planned.id == signal.id)?;
    signal.own_form.as_ref().map(|body| render_own(&plan, signal, body))
}

fn artefact(path: &str, schema: &Value) -> Artefact {
    Artefact { path: path.to_owned(), text: format!("{schema:#}\n") }
}

fn plan_level(catalogue: &Catalogue, level: Consent) -> LevelPlan {
    let head = catalogue.head();
    let signals: Vec<_> = catalogue.signals().iter().filter(|signal| level.includes(signal.needs)).collect();
    let of_process = catalogue.resource().info.attributes.iter();
    let reached = reach(level, signals.iter().flat_map(|signal| signal.info.attributes.iter()).chain(of_process));
    let objects = catalogue.objects().iter().filter(|object| reached.contains(&*object.id));
    LevelPlan {
        path: path(catalogue, "payload", level),
        urn: urn(catalogue, "payload", level),
        title: format!("Any signal of {}, {}", head.title(), at_level(catalogue, level)),
        is_common: [Consent::Default, Consent::OptedIn].contains(&level),
        comment: format!("{GENERATED} from {} {}. Do not edit.", head.name(), head.version()),
        signals: signals.into_iter().map(|signal| plan_signal(catalogue, level, signal)).collect(),
        resource: plan_resource(catalogue, level),
        objects: objects.map(|object| plan_object(catalogue, level, object)).collect(),
    }
}

fn plan_signal(catalogue: &Catalogue, level: Consent, signal: &Signal) -> SignalPlan {
    // No id has a dot, so no signal can take the name of the schema for all of them.
    let stem = if signal.id == "payload" { "signal.payload" } else { &signal.id };
    let (body, attributes): (Vec<_>, Vec<_>) =
        signal.attributes.iter().copied().partition(|own| signal.body == Some(own.attribute));
    let of_process = catalogue.resource().info.attributes.iter();
    let reached = reach(level, signal.info.attributes.iter().chain(of_process));
    let objects = catalogue.objects().iter().filter(|object| reached.contains(&*object.id));
    SignalPlan {
        id: signal.id.to_string(),
        path: path(catalogue, stem, level),
        urn: urn(catalogue, stem, level),
        kind: signal.kind,
        name: signal.name.to_string(),
        description: format!("{} (sent {})", signal.brief, catalogue.when(signal.collected)),
        channels: marker_names(&signal.channels, level).map(str::to_owned).collect(),
        joins: Join::ALL.into_iter().filter(|join| catalogue.may_join(&signal.info, *join, level)).collect(),
        attributes: plan_carried(catalogue, level, &attributes),
        body: plan_carried(catalogue, level, &body).pop(),
        objects: objects.map(|object| object.id.to_string()).collect(),
        measure: signal.measure.as_ref().map(measured).unwrap_or_default(),
        own_form: catalogue.head().endpoint_of(signal).and_then(|endpoint| {
            let stem = format!("{stem}.body");
            BodyPlan::new(endpoint, path(catalogue, &stem, level), urn(catalogue, &stem, level))
        }),
    }
}

fn plan_resource(catalogue: &Catalogue, level: Consent) -> Option<Vec<PropertyPlan>> {
    let attributes = &catalogue.resource().attributes;
    (!attributes.is_empty()).then(|| plan_carried(catalogue, level, attributes))
}

/// Plans the attributes of a signal or of the process that are sent at `level`.
fn plan_carried(catalogue: &Catalogue, level: Consent, attributes: &[SignalAttribute]) -> Vec<PropertyPlan> {
    let sent = attributes.iter().filter(|own| level.includes(catalogue.attribute(own.attribute).needs));
    let plan = |own: &SignalAttribute| {
        let attribute = catalogue.attribute(own.attribute);
        plan_property(catalogue, own.attribute, &attribute.name, own.required, false)
    };
    sent.map(plan).collect()
}

fn plan_object(catalogue: &Catalogue, level: Consent, object: &Object) -> ObjectPlan {
    let fields = object.fields.iter().filter(|field| level.includes(catalogue.attribute(field.attribute).needs));
    ObjectPlan {
        id: object.id.to_string(),
        description: object.brief.clone(),
        fields: fields
            .map(|field| plan_property(catalogue, field.attribute, &field.name, field.required, !field.required))
            .collect(),
    }
}

fn plan_property(catalogue: &Catalogue, id: AttributeId, name: &str, required: bool, nullable: bool) -> PropertyPlan {
    let attribute = catalogue.attribute(id);
    let row = &catalogue.row(attribute.row).title;
    let unit = attribute.unit.as_ref().map(|unit| unit_words(unit, str::to_owned)).unwrap_or_default();
    PropertyPlan {
        name: name.to_owned(),
        description: format!("{}{unit} ({row}, collected {})", attribute.brief, catalogue.when(attribute.collected)),
        required,
        nullable: nullable || attribute.nullable,
        domain: attribute.domain.clone(),
    }
}

/// The keys of the objects that attributes reach through what is visible at `level`.
fn reach<'a>(level: Consent, members: impl Iterator<Item = &'a Member>) -> BTreeSet<&'a str> {
    let mut waiting: Vec<_> = members.collect();
    let mut reached = BTreeSet::new();
    while let Some(member) = waiting.pop() {
        let attribute = &member.attribute;
        let Some(object) = attribute.domain.object().filter(|_| level.includes(attribute.needs)) else { continue };
        if reached.insert(&*object.id) {
            waiting.extend(object.fields.iter());
        }
    }
    reached
}

fn render_payload(level: &LevelPlan) -> Value {
    let kinds = kinds(level);
    if kinds.is_empty() {
        return render_nothing(level);
    }
    let choices: Vec<Value> =
        kinds.iter().map(|kind| names_of(level, *kind)).chain(level.signals.iter().map(refer_to)).collect();
    let kinds: Vec<_> = kinds.iter().map(|kind| kind.word()).collect();
    let mut schema = document(level, &level.urn, &level.title);
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), json!({ "kind": { "enum": kinds }, "name": { "type": "string" } }));
    schema.insert("required".to_owned(), json!(["kind", "name"]));
    schema.insert("allOf".to_owned(), Value::Array(choices));
    let signals = level.signals.iter().map(|signal| (signal_key(signal), Value::Object(render_body(level, signal))));
    let objects = level.objects.iter().map(|object| (object.id.to_string(), render_object(object)));
    let values = json_definitions(domains(level, &level.signals, level.objects.iter()));
    insert_definitions(&mut schema, signals.chain(objects).chain(values).collect());
    Value::Object(schema)
}

/// At a level without signals nothing is a payload. An `enum` without members would say so, and is refused by some.
fn render_nothing(level: &LevelPlan) -> Value {
    let mut schema = document(level, &level.urn, &level.title);
    schema.insert("not".to_owned(), json!({}));
    Value::Object(schema)
}

/// A payload of this kind has one of these names: an unknown one gives one message, and a short one.
fn names_of(level: &LevelPlan, kind: SignalKind) -> Value {
    let signals = level.signals.iter().filter(|signal| signal.kind == kind);
    let names: Vec<_> = signals.map(|signal| &signal.name).collect();
    json!({
        "if": { "properties": { "kind": { "const": kind.word() } }, "required": ["kind"] },
        "then": { "properties": { "name": { "enum": names } } },
    })
}

/// A payload with this kind and name is this signal.
fn refer_to(signal: &SignalPlan) -> Value {
    let properties = json!({ "kind": { "const": signal.kind.word() }, "name": { "const": signal.name } });
    json!({
        "if": { "properties": properties, "required": ["kind", "name"] },
        "then": { "$ref": format!("#/$defs/{}", signal_key(signal)) },
    })
}

/// The kinds of signals at a level, spans first.
fn kinds(level: &LevelPlan) -> Vec<SignalKind> {
    let mut kinds = SignalKind::ALL.to_vec();
    kinds.retain(|kind| level.signals.iter().any(|signal| signal.kind == *kind));
    kinds
}

/// Key of a signal in `$defs`. No object's id has a dot.
fn signal_key(signal: &SignalPlan) -> String {
    format!("signal.{}", signal.id)
}

fn render_signal(level: &LevelPlan, signal: &SignalPlan) -> Value {
    let mut schema = document(level, &signal.urn, &signal.name);
    schema.extend(render_body(level, signal));
    let objects = level.objects.iter().filter(|object| signal.objects.contains(&object.id));
    let values = json_definitions(domains(level, std::slice::from_ref(signal), objects.clone()));
    let objects = objects.map(|object| (object.id.to_string(), render_object(object)));
    insert_definitions(&mut schema, objects.chain(values).collect());
    Value::Object(schema)
}

/// The domains of all that signals hold: attributes, bodies, the attributes of the process, fields of objects.
fn domains<'p>(
    level: &'p LevelPlan,
    signals: &'p [SignalPlan],
    objects: impl Iterator<Item = &'p ObjectPlan>,
) -> impl Iterator<Item = &'p Domain> {
    let own = signals.iter().flat_map(|signal| signal.attributes.iter().chain(&signal.body));
    let of_process = level.resource.iter().flatten();
    own.chain(of_process).chain(objects.flat_map(|object| &object.fields)).map(|property| &property.domain)
}

fn render_own(level: &LevelPlan, signal: &SignalPlan, body: &BodyPlan) -> Value {
    let title = format!("{} at {}", signal.name, body.endpoint);
    let mut schema = document(level, &body.urn, &title);
    schema.extend(bodies::render_body(signal, level.resource.as_deref().unwrap_or_default(), body));
    let objects = level.objects.iter().filter(|object| signal.objects.contains(&object.id));
    let values = json_definitions(domains(level, std::slice::from_ref(signal), objects.clone()));
    let objects = objects.map(|object| (object.id.to_string(), render_object(object)));
    insert_definitions(&mut schema, objects.chain(values).collect());
    Value::Object(schema)
}

/// Starts a schema file.
fn document(level: &LevelPlan, urn: &str, title: &str) -> Map<String, Value> {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": urn,
        "$comment": level.comment,
        "title": title,
    });
    into_map(schema)
}

fn insert_definitions(schema: &mut Map<String, Value>, definitions: Map<String, Value>) {
    if !definitions.is_empty() {
        schema.insert("$defs".to_owned(), Value::Object(definitions));
    }
}

/// The schema of a signal without what makes it a file.
fn render_body(level: &LevelPlan, signal: &SignalPlan) -> Map<String, Value> {
    let mut properties = into_map(json!({
        "kind": { "const": signal.kind.word() },
        "name": { "const": signal.name },
    }));
    let mut required = vec!["kind", "name"];
    for time in signal.kind.facts().times {
        properties.insert((*time).to_owned(), nanoseconds());
        required.push(time);
    }
    for (member, schema) in &signal.measure {
        properties.insert((*member).to_owned(), schema.clone());
        required.push(member);
    }
    required.push("attributes");
    properties.insert("attributes".to_owned(), closed(&signal.attributes));
    properties.extend(marker(&signal.channels).map(|marker| ("channels".to_owned(), marker)));
    properties.extend(signal.body.iter().map(|body| ("body".to_owned(), render_property(body))));
    properties.extend(level.resource.iter().map(|resource| ("resource".to_owned(), closed(resource))));
    properties.extend(envelope(signal.kind, &signal.joins));
    let mut schema = into_map(json!({ "title": signal.name, "description": signal.description, "type": "object" }));
    schema.insert("properties".to_owned(), Value::Object(properties)); // `json!` would copy it
    schema.insert("required".to_owned(), json!(required));
    schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    schema.extend(requirement(signal, level.resource.as_deref().unwrap_or_default()));
    schema
}

/// Required attributes must be there, unless the payload says that values were left out.
fn requirement(signal: &SignalPlan, resource: &[PropertyPlan]) -> Map<String, Value> {
    let (mut members, mut properties) = (Vec::new(), Map::new());
    for (member, required) in [("attributes", required(&signal.attributes)), ("resource", required(resource))] {
        if !required.is_empty() {
            properties.insert(member.to_owned(), json!({ "required": required }));
            members.extend((member == "resource").then_some(member));
        }
    }
    members.extend(signal.body.as_ref().filter(|body| body.required).map(|_| "body"));
    let mut then = Map::new();
    if !members.is_empty() {
        then.insert("required".to_owned(), json!(members));
    }
    if !properties.is_empty() {
        then.insert("properties".to_owned(), Value::Object(properties));
    }
    if then.is_empty() {
        return Map::new();
    }
    into_map(json!({ "if": { "not": { "required": ["droppedAttributesCount"] } }, "then": then }))
}

fn required(properties: &[PropertyPlan]) -> Vec<&str> {
    properties.iter().filter(|property| property.required).map(|property| &*property.name).collect()
}

fn render_object(object: &ObjectPlan) -> Value {
    let mut schema = Map::new();
    if let Some(description) = &object.description {
        schema.insert("description".to_owned(), json!(description));
    }
    schema.extend(into_map(closed(&object.fields)));
    let required = required(&object.fields);
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    Value::Object(schema)
}

fn closed(properties: &[PropertyPlan]) -> Value {
    let properties: Map<_, _> =
        properties.iter().map(|property| (property.name.to_string(), render_property(property))).collect();
    let mut schema = into_map(json!({ "type": "object" }));
    schema.insert("properties".to_owned(), Value::Object(properties)); // `json!` would copy it
    schema.insert("additionalProperties".to_owned(), Value::Bool(false));
    Value::Object(schema)
}

fn render_property(property: &PropertyPlan) -> Value {
    let mut schema = into_map(json!({ "description": property.description }));
    schema.extend(into_map(json_schema(&property.domain, property.nullable)));
    Value::Object(schema)
}
