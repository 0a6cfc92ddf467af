//! Converts OTLP to payloads, by the catalogue.
//!
//! The rule of conversion: **nothing that a sender put in is silently lost.**
//!
//! * A field that the payload form does not have becomes a member of its own name, which the closed schemas refuse.
//! * A value that no attribute can have stays as OTLP wrote it (`{"bytesValue": "…"}`).
//! * A part that belongs to no signal becomes an [`Unreadable`].
//! * Equal keys are noted, with all their values.
//!
//! Only structure is left out: a span's kind, flags, counts of zero, the time of observation, a status of code 0
//! without a message, and the resource's `service.name` if it is the catalogue's. The name and version of the scope go
//! beside the payload. Where the catalogue lists attributes of the process, the number of those that were left out is
//! added to each signal's.
//!
//! Protobuf is read by a table of its messages (`protobuf.rs`) into the JSON that OTLP/JSON would be, unknown fields
//! included. So both forms take one way from there (`validate/tests/random.rs`).

use std::sync::Arc;

use candor_schema::{Catalogue, SignalKind};

use crate::draft::{Draft, Fields, Listed};
use crate::engine::notes::SERVICE_NAME;
use crate::engine::words;
use crate::item::{DecodeError, Item, Unreadable};
use crate::json::{self, Json, join};
use crate::payload::{Origin, Payload, Scope};
use crate::signal::listed_for_resource;
use crate::signals::{Names, REQUESTS, Signals};
use crate::{metric, protobuf, signal};

/// Reads an OTLP request for spans, logs or metrics in JSON.
///
/// Reads what the specification allows and more: integers as numbers or texts, enumerations as numbers or names,
/// missing and null members, ids in either case.
///
/// # Errors
/// Fails when the text is not JSON, or no such request.
pub fn payloads_from_otlp_json(catalogue: &Catalogue, text: &str) -> Result<Vec<Item>, DecodeError> {
    let json = json::parse(text).map_err(|why| DecodeError::new(format!("not JSON: {why}")))?;
    match is_request(&json) {
        true => Ok(collect(MOST_AROUND, |items| payloads_from_request(catalogue, &json, &Origin::default(), items))),
        false => Err(DecodeError::new("not an OTLP request: no `resourceSpans`, `resourceLogs` or `resourceMetrics`")),
    }
}

/// Reads an OTLP request for spans, logs or metrics in protobuf, not compressed.
///
/// The bytes do not say which of them they are. Without `signals` they are taken for the first of spans, logs and
/// metrics in which every field has its wire type, ids have their lengths, and nothing is unknown; else for the first
/// that they can be read as.
///
/// # Errors
/// Fails when the bytes are no such request.
pub fn payloads_from_otlp_protobuf(
    catalogue: &Catalogue,
    bytes: &[u8],
    signals: Option<Signals>,
) -> Result<Vec<Item>, DecodeError> {
    let request = request_from_protobuf(bytes, signals)?;
    Ok(collect(MOST_AROUND, |items| payloads_from_request(catalogue, &request, &Origin::default(), items)))
}

pub(crate) fn request_from_protobuf(bytes: &[u8], signals: Option<Signals>) -> Result<Json, DecodeError> {
    let request = match signals {
        Some(signals) => protobuf::read(signals, bytes),
        None => guessed(bytes),
    };
    request.map_err(|why| DecodeError::new(format!("not OTLP protobuf: {why}")))
}

fn guessed(bytes: &[u8]) -> Result<Json, String> {
    // One at a time: each takes memory.
    let mut readings = Signals::ALL.into_iter().map(|signals| protobuf::read(signals, bytes));
    let is_plausible = |reading: &Result<Json, String>| reading.as_ref().is_ok_and(protobuf::is_plausible);
    let best = readings.clone().find(is_plausible).or_else(|| readings.find(Result::is_ok));
    best.unwrap_or_else(|| protobuf::read(Signals::Traces, bytes))
}

pub(crate) fn is_request(json: &Json) -> bool {
    let Json::Object(members) = json else { return false };
    members.iter().any(|(key, _)| REQUESTS.iter().any(|names| key == names.groups))
}

/// Takes the signals of a document one by one, so that they need not all be in memory.
pub(crate) struct Items<'s> {
    sink: &'s mut dyn FnMut(Item),
    payloads: usize,
    /// The number of bytes of resources and scopes that may be put with the signals of a request, each counted once for
    /// every signal.
    most_around: usize,
    /// The number of these bytes that are left.
    around: usize,
}

/// Most bytes of resources and scopes in a document of any size.
pub(crate) const MOST_AROUND: usize = 256 << 20;

impl<'s> Items<'s> {
    pub(crate) fn new(most_around: usize, sink: &'s mut dyn FnMut(Item)) -> Self {
        Items { sink, payloads: 0, most_around, around: most_around }
    }

    pub(crate) fn push(&mut self, item: Item) {
        self.payloads += usize::from(matches!(item, Item::Payload(_)));
        (self.sink)(item);
    }

    /// Keeps a small document from becoming much work: its resource may be put with very many signals.
    fn check_weight(&mut self, draft: &Draft, signals: usize, what: &str) -> Result<(), String> {
        let weight = if signals > 1 { draft.weight().saturating_mul(signals) } else { 0 };
        let left = self.around.checked_sub(weight);
        self.around =
            left.ok_or_else(|| format!("{what} carries too much to be put with each of its {signals} signals"))?;
        Ok(())
    }
}

/// All the items that `read` gives.
pub(crate) fn collect(around: usize, read: impl FnOnce(&mut Items<'_>)) -> Vec<Item> {
    let mut items = Vec::new();
    read(&mut Items::new(around, &mut |item| items.push(item)));
    items
}

/// Gives the payloads of a request, each with the origin of the request and its own path.
pub(crate) fn payloads_from_request(catalogue: &Catalogue, request: &Json, origin: &Origin, items: &mut Items<'_>) {
    items.around = items.most_around;
    let Some(mut fields) = Fields::of(request) else {
        return items.push(unreadable(origin.clone(), "an OTLP request is an object"));
    };
    for names in &REQUESTS {
        let groups = fields.get(names.groups);
        each(groups, origin, names.groups, items, |group, origin, items| {
            read_group(catalogue, names, group, origin, items)
        });
    }
    for (key, _) in fields.rest() {
        let why = match fields.knows(key) {
            true => format!("the request has {} more than once", words::key(key)),
            false => format!("unexpected field {} in a request for spans, logs or metrics", words::key(key)),
        };
        items.push(unreadable(origin.clone(), why));
    }
}

/// Reads each element of a list. What is no list, and an element that `read` cannot make sense of, is unreadable.
fn each(
    list: Option<&Json>,
    origin: &Origin,
    name: &str,
    items: &mut Items<'_>,
    mut read: impl FnMut(&Json, &Origin, &mut Items<'_>) -> Result<(), String>,
) {
    let path = join(&origin.path, name);
    match list {
        None => {}
        Some(Json::List(elements)) => {
            for (index, element) in elements.iter().enumerate() {
                let at = origin.at(format!("{path}/{index}"));
                if let Err(why) = read(element, &at, items) {
                    items.push(unreadable(at, why));
                }
            }
        }
        Some(_) => items.push(unreadable(origin.at(path), format!("`{name}` is not a list"))),
    }
}

fn unreadable(origin: Origin, why: impl Into<String>) -> Item {
    Item::Unreadable(Unreadable { origin, why: why.into() })
}

/// One resource with its scopes.
fn read_group(
    catalogue: &Catalogue,
    names: &Names,
    group: &Json,
    origin: &Origin,
    items: &mut Items<'_>,
) -> Result<(), String> {
    let mut fields = Fields::of(group).ok_or("a resource group is not an object")?;
    let (mut resource, left_out) = read_resource(catalogue, fields.get("resource"))?;
    resource.put_text("schemaUrl", fields.get("schemaUrl"));
    let scopes = fields.get(names.scopes);
    resource.put_rest(&fields);
    items.check_weight(&resource, scopes.map_or(0, |scopes| count_elements(scopes, names)), "the resource")?;

    let before = items.payloads;
    each(scopes, origin, names.scopes, items, |scope, origin, items| {
        read_scope(catalogue, names, scope, (&resource, left_out), origin, items)
    });
    check_carried(&resource, items.payloads > before, "a resource")
}

/// Reads the resource, and counts its listed attributes that were left out.
fn read_resource(catalogue: &Catalogue, resource: Option<&Json>) -> Result<(Draft, u64), String> {
    let mut draft = Draft::default();
    let Some(resource) = resource else { return Ok((draft, 0)) };
    let mut fields = Fields::of(resource).ok_or("`resource` is not an object")?;
    draft.put_attributes(fields.get("attributes"), &|key| listed_for_resource(catalogue, key))?;
    if draft.text(SERVICE_NAME) == Some(catalogue.head().service()) {
        draft.remove(SERVICE_NAME);
    }
    let left_out = fields.get("droppedAttributesCount");
    let counted = left_out.and_then(Json::as_integer::<u64>).filter(|_| !catalogue.resource().attributes.is_empty());
    draft.put_count("droppedAttributesCount", left_out.filter(|_| counted.is_none()));
    draft.put_list("entityRefs", fields.get("entityRefs"), read_entity_ref)?;
    draft.put_rest(&fields);
    Ok((draft, counted.unwrap_or_default()))
}

fn read_entity_ref(entity: &Json) -> Result<Draft, String> {
    let mut fields = Fields::of(entity).ok_or("an entity of a resource is not an object")?;
    let mut draft = Draft::default();
    draft.put_text("schemaUrl", fields.get("schemaUrl"));
    draft.put_text("type", fields.get("type"));
    for keys in ["idKeys", "descriptionKeys"] {
        draft.put_unless(keys, fields.get(keys), |json| *json == Json::List(Vec::new()));
    }
    draft.put_rest(&fields);
    Ok(draft)
}

/// One scope with its spans, log records or metrics.
fn read_scope(
    catalogue: &Catalogue,
    names: &Names,
    group: &Json,
    (resource, left_out): (&Draft, u64),
    origin: &Origin,
    items: &mut Items<'_>,
) -> Result<(), String> {
    let mut fields = Fields::of(group).ok_or("a scope group is not an object")?;
    let (mut scope, who) = read_scope_itself(fields.get("scope"))?;
    scope.put_text("schemaUrl", fields.get("schemaUrl"));
    let elements = fields.get(names.elements);
    scope.put_rest(&fields);
    items.check_weight(&scope, elements.map_or(0, |elements| count(elements, names)), "the scope")?;

    let before = items.payloads;
    each(elements, origin, names.elements, items, |element, origin, items| {
        let drafts = match names.kind {
            SignalKind::Span => vec![signal::read_span(catalogue, element)?],
            SignalKind::Event => vec![signal::read_log_record(catalogue, element)?],
            SignalKind::Metric => metric::read(catalogue, element)?,
        };
        for mut draft in drafts {
            draft.add_count("droppedAttributesCount", left_out);
            for (name, around) in [("resource", resource), ("scope", &scope)] {
                if !around.is_empty() {
                    draft.put_noted(name, around.clone().finish());
                }
            }
            items.push(Item::Payload(Payload::from_noted(draft.finish(), who.clone(), origin.clone())));
        }
        Ok(())
    });
    check_carried(&scope, items.payloads > before, "a scope")
}

fn read_scope_itself(scope: Option<&Json>) -> Result<(Draft, Option<Arc<Scope>>), String> {
    let mut draft = Draft::default();
    let Some(scope) = scope else { return Ok((draft, None)) };
    let mut fields = Fields::of(scope).ok_or("`scope` is not an object")?;
    draft.put_attributes(fields.get("attributes"), &|_| Listed::Not)?;
    let mut who = Scope::default();
    for (name, own) in [("name", &mut who.name), ("version", &mut who.version)] {
        match fields.get(name) {
            Some(Json::Text(text)) => text.clone_into(own),
            other => draft.put_unless(name, other, |_| false),
        }
    }
    draft.put_count("droppedAttributesCount", fields.get("droppedAttributesCount"));
    draft.put_rest(&fields);
    Ok((draft, (who != Scope::default()).then(|| Arc::new(who))))
}

/// Counts the spans, log records and data points of a request.
pub(crate) fn count_signals(request: &Json) -> usize {
    let count = |names: &Names| -> usize {
        let groups = Fields::of(request).and_then(|mut fields| fields.get(names.groups));
        let Some(Json::List(groups)) = groups else { return 0 };
        let scopes = groups.iter().filter_map(|group| Fields::of(group)?.get(names.scopes));
        scopes.map(|scopes| count_elements(scopes, names)).sum()
    };
    REQUESTS.iter().map(count).sum()
}

fn count_elements(scopes: &Json, names: &Names) -> usize {
    let Json::List(scopes) = scopes else { return 0 };
    let elements = |scope| Fields::of(scope).and_then(|mut fields| fields.get(names.elements));
    scopes.iter().filter_map(elements).map(|elements| count(elements, names)).sum()
}

fn count(list: &Json, names: &Names) -> usize {
    match list {
        Json::List(elements) if names.kind == SignalKind::Metric => elements.iter().map(metric::count).sum(),
        Json::List(elements) => elements.len(),
        _ => 0,
    }
}

/// Checks that the attributes of a resource or scope are in the payloads of its signals; without any, they would be
/// lost.
fn check_carried(draft: &Draft, is_carried: bool, what: &str) -> Result<(), String> {
    match draft.is_empty() || is_carried {
        true => Ok(()),
        false => Err(format!("{what} without any signal that could be read, but with {}", draft.keys())),
    }
}
