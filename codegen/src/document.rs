//! Writes a catalogue as one JSON document, in the catalogue's own format.
//!
//! JSON is YAML, so the document loads as the catalogue that it came from (`codegen/tests/document.rs`).

mod endpoints;

use std::fmt::Write;

use candor_schema::{
    Attribute, AttributeId, Catalogue, Channel, Collected, Column, Deprecated, Docs, Domain, Encoding, Example, Expiry,
    FORMAT_VERSION, Handling, Identifier, IdentifierOf, Join, LegalBasis, Measure, Object, OnViolation, OptOut,
    PageForm, Period, Retention, Review, Scalar, Section, Signal, SignalAttribute, SignalKind, Stability, Variant,
    Waiver, model::OnOff,
};

use crate::types::{Bound, bounds};

/// The document of a catalogue: ASCII, the same bytes for the same catalogue.
pub fn document(catalogue: &Catalogue) -> String {
    let head = catalogue.head();
    let mut members = vec![
        ("candor", Node::Plain(FORMAT_VERSION.to_string())),
        ("name", text(head.name())),
        ("title", text(head.title())),
        ("version", text(head.version())),
        ("service", text(head.service())),
    ];
    members.extend(endpoints::endpoints(head));
    let mut consent: Vec<_> = head.opt_in().map(|switch| ("opt_in", text(switch))).into_iter().collect();
    consent.push(("opt_out", list(head.opt_out().iter().map(opt_out))));
    consent.extend(head.ask().map(|ask| ("ask", ask.question.as_deref().map_or(yes(), text))));
    let channels = head.channels().iter().map(|one| (&*one.name, channel(one)));
    consent.extend((!head.channels().is_empty()).then(|| ("channels", named(channels))));
    members.push(("consent", map(consent)));
    members.push(("docs", docs(head.docs())));
    members.extend(some("reviews", list(head.reviews().iter().map(review))));
    members.extend(waivers(head.allow()));
    members.push((
        "rows",
        named(catalogue.rows().iter().map(|row| {
            let reason = row.reason.as_deref().map(|reason| ("reason", text(reason)));
            let personal = row.personal.map(|personal| ("personal", text(personal.word())));
            let title = [("title", text(&row.title))].into_iter();
            let more = handling(&row.handling).chain(history(row.since.as_deref(), row.deprecated.as_ref(), None));
            (&*row.id, map(title.chain(reason).chain(personal).chain(more).chain(waivers(&row.allow))))
        })),
    ));
    let attributes = catalogue.attributes().iter();
    members.push(("attributes", named(attributes.map(|one| (&*one.id, attribute(catalogue, one))))));
    members.push(("objects", named(catalogue.objects().iter().map(|one| (&*one.id, object(catalogue, one))))));
    for kind in SignalKind::ALL {
        let signals: Vec<_> = catalogue.signals().iter().filter(|signal| signal.kind == kind).collect();
        let is_written = kind != SignalKind::Metric || !signals.is_empty(); // older builds do not know metrics
        let signals = signals.into_iter().map(|one| (&*one.id, signal(catalogue, one)));
        members.extend(is_written.then(|| (kind.facts().section, named(signals))));
    }
    members.push(("common", common(catalogue)));
    let resource = &catalogue.resource().attributes;
    members.extend((!resource.is_empty()).then(|| ("resource", carried(catalogue, resource))));
    let mut out = String::new();
    map(members).write(&mut out, 0);
    out
}

fn opt_out(opt_out: &OptOut) -> Node {
    if opt_out.is_set_variable() {
        return text(&opt_out.name);
    }
    let off_when = opt_out.off_when_false.then(|| ("off_when", Node::Plain("false".to_owned())));
    map([(opt_out.kind.word(), text(&opt_out.name))].into_iter().chain(off_when))
}

fn review(review: &Review) -> Node {
    map([
        ("version", text(&review.version)),
        ("who", text(&review.who)),
        ("when", text(&review.when)),
        ("link", text(&review.link)),
        ("widens", list(review.widens.iter().map(|subject| text(&subject.value)))),
    ])
}

fn channel(channel: &Channel) -> Node {
    let default = if channel.is_on() { OnOff::On } else { OnOff::Off };
    let members = [("title", text(&channel.title)), ("brief", text(&channel.brief)), ("default", text(default.word()))];
    map(members.into_iter().chain(some("implies", list(channel.implies.iter().map(|name| text(name))))))
}

fn docs(docs: &Docs) -> Node {
    let sections = |sections: &[Section]| {
        list(sections.iter().map(|one| map([("title", text(&one.title)), ("text", text(&one.text))])))
    };
    let mut members = vec![("title", text(&docs.title))];
    members.extend(docs.intro.as_deref().map(|intro| ("intro", text(intro))));
    members.push(("before", sections(&docs.before)));
    members.push(("table_title", text(&docs.table_title)));
    members.extend(page(&docs.page));
    members.extend(docs.note.as_deref().map(|note| ("note", text(note))));
    members.push(("after", sections(&docs.after)));
    map(members)
}

/// The form of the page, as far as it is not the usual one.
fn page(page: &PageForm) -> Vec<(&'static str, Node)> {
    let usual = PageForm::default();
    let column = |(column, title): &(Column, Option<String>)| match title {
        Some(title) => map([("column", text(column.word())), ("title", text(title))]),
        None => text(column.word()),
    };
    let mut members = Vec::new();
    members.extend((page.layout != usual.layout).then(|| ("layout", text(page.layout.word()))));
    members.extend(some("columns", list(page.columns.iter().map(column))));
    members.extend((page.lines != usual.lines).then(|| ("lines", text(page.lines.word()))));
    members.extend((page.default_word != usual.default_word).then(|| ("default_word", text(&page.default_word))));
    members.extend((page.opt_in_word != usual.opt_in_word).then(|| ("opt_in_word", text(&page.opt_in_word))));
    members
}

fn attribute(catalogue: &Catalogue, attribute: &Attribute) -> Node {
    let mut members = vec![
        ("row", text(&catalogue.row(attribute.row).id)),
        ("collected", text(catalogue.channel_name(attribute.collected))),
        ("type", ty(attribute, &attribute.domain)),
        ("name", text(&attribute.name)),
        ("brief", text(&attribute.brief)),
    ];
    members.extend(bounds(&attribute.domain).into_iter().map(bound));
    members.extend(attribute.unit.as_ref().map(|unit| ("unit", text(unit.code()))));
    members.extend(attribute.note.as_deref().map(|note| ("note", text(note))));
    members.extend(some("examples", list(attribute.examples.iter().map(example))));
    let is_written = attribute.encoding != Encoding::Map && !matches!(attribute.domain, Domain::Json { .. });
    members.extend(is_written.then(|| ("encoding", text(attribute.encoding.word()))));
    members.extend(attribute.nullable.then(|| ("nullable", Node::Plain("true".to_owned()))));
    members.extend(attribute.personal.map(|personal| ("personal", text(personal.word()))));
    members.extend(attribute.identifier.as_ref().map(|it| ("identifier", identifier(catalogue, it))));
    members.extend(some("derived_from", names(catalogue, &attribute.derived_from)));
    members.extend(attribute.free_text.then(|| ("free_text", yes())));
    let violation = attribute.on_violation;
    members.extend((violation != OnViolation::Drop).then(|| ("on_violation", text(violation.word()))));
    members.extend(handling(&attribute.handling));
    members.extend(history(attribute.since.as_deref(), attribute.deprecated.as_ref(), attribute.stability));
    members.extend(waivers(&attribute.allow));
    map(members)
}

/// A word, or a mapping with what was said.
fn identifier(catalogue: &Catalogue, identifier: &Identifier) -> Node {
    if let Some(word) = identifier.word {
        return text(word.word());
    }
    let of = |of: &IdentifierOf| match of {
        IdentifierOf::Attribute(id) => text(&catalogue.attribute(*id).id),
        IdentifierOf::Words(words) => text(words),
    };
    let mut members: Vec<_> = identifier.source.map(|source| ("source", text(source.word()))).into_iter().collect();
    members.extend(some("of", list(identifier.of.iter().map(of))));
    members.extend(identifier.salted.then(|| ("salted", Node::Plain("true".to_owned()))));
    members.extend(identifier.scope.map(|scope| ("scope", text(scope.word()))));
    members.extend(identifier.rotates.map(|rotates| ("rotates", text(&rotates.to_string()))));
    map(members)
}

/// The type as the format writes it.
fn ty(attribute: &Attribute, domain: &Domain) -> Node {
    match domain {
        Domain::Enum(members) => {
            let mut all: Vec<Node> = members.iter().zip(&attribute.variants).map(member).collect();
            let other = if members.is_open() { all.pop() } else { None };
            map([("enum", list(all))].into_iter().chain(other.map(|other| ("other", other))))
        }
        Domain::List { item, .. } => list([ty(attribute, item)]),
        Domain::Map { key, value, .. } => map([("map", ty(attribute, value)), ("keys", keys(key))]),
        other => text(other.word()),
    }
}

/// Lists what bounds the keys of a map.
fn keys(key: &Domain) -> Node {
    match key {
        Domain::Enum(members) => map([("enum", list(members.iter().map(|member| text(&member.to_string()))))]),
        other => map(bounds(other).into_iter().map(bound)),
    }
}

fn bound((key, bound): (&'static str, Bound)) -> (&'static str, Node) {
    match bound {
        Bound::Number(number) => (key, Node::Plain(number)),
        Bound::Text(pattern) => (key, text(&pattern)),
    }
}

fn member((value, variant): (Scalar<'_>, &Variant)) -> Node {
    let value = match value {
        Scalar::Text(value) => text(value),
        other => Node::Plain(other.to_string()),
    };
    match &variant.written {
        Some(name) => map([("value", value), ("name", text(name))]),
        None => value,
    }
}

fn example(example: &Example) -> Node {
    match example {
        Example::Boolean(value) => Node::Plain(value.to_string()),
        Example::Int(value) => Node::Plain(value.to_string()),
        Example::Double(value) => double(*value),
        Example::Text(value) => text(value),
        Example::List(items) => list(items.iter().map(self::example)),
    }
}

fn object(catalogue: &Catalogue, object: &Object) -> Node {
    let fields = object.fields.iter().map(|field| {
        let attribute = catalogue.attribute(field.attribute);
        let name = text(&attribute.id);
        // A field that needs consent is optional without saying so.
        let said = field.required || attribute.collected != Collected::Default;
        let optional = || map([("attribute", text(&attribute.id)), ("requirement", text("optional"))]);
        (&*field.name, if said { name } else { optional() })
    });
    let brief = object.brief.as_deref().map(|brief| ("brief", text(brief)));
    map(brief.into_iter().chain([("fields", named(fields))]).chain(waivers(&object.allow)))
}

fn signal(catalogue: &Catalogue, signal: &Signal) -> Node {
    let mut members = vec![
        ("name", text(&signal.name)),
        ("collected", text(catalogue.channel_name(signal.collected))),
        ("brief", text(&signal.brief)),
    ];
    members.extend(signal.measure.iter().flat_map(measure));
    members.extend(signal.row.map(|row| ("row", text(&catalogue.row(row).id))));
    let endpoint = catalogue.head().endpoint_of(signal).filter(|_| signal.endpoint > 0);
    members.extend(endpoint.map(|endpoint| ("endpoint", text(&endpoint.name))));
    members.push(("attributes", carried(catalogue, &signal.attributes)));
    members.extend(signal.body.map(|body| ("body", text(&catalogue.attribute(body).id))));
    for join in Join::ALL {
        members.extend(some(join.key(), list(signal.relations.of(join).iter().map(|key| text(key)))));
    }
    members.extend(signal.relations.propagates.then(|| ("propagates", yes())));
    members.extend(signal.every.map(|every| ("every", text(&every.to_string()))));
    members.extend(history(signal.since.as_deref(), signal.deprecated.as_ref(), signal.stability));
    members.extend(waivers(&signal.allow));
    map(members)
}

/// The instrument of a metric and its numbers.
fn measure(measure: &Measure) -> Vec<(&'static str, Node)> {
    let mut members = vec![("instrument", text(measure.instrument.word())), ("value", text(measure.number.word()))];
    members.extend((!measure.unit.is_empty()).then(|| ("unit", text(&measure.unit))));
    members.extend(some("bounds", list(measure.bounds.iter().map(|bound| double(*bound)))));
    members.push(("interval", text(&Period::of_seconds(measure.interval).to_string())));
    members
}

fn carried(catalogue: &Catalogue, attributes: &[SignalAttribute]) -> Node {
    named(attributes.iter().map(|carried| {
        let requirement = if carried.required { "required" } else { "optional" };
        (&*catalogue.attribute(carried.attribute).id, text(requirement))
    }))
}

/// A list while none is required, as older builds read it.
fn common(catalogue: &Catalogue) -> Node {
    let common = catalogue.common();
    if common.iter().any(|own| own.required) {
        return carried(catalogue, common);
    }
    list(common.iter().map(|own| text(&catalogue.attribute(own.attribute).id)))
}

fn handling(handling: &Handling) -> impl Iterator<Item = (&'static str, Node)> {
    let texts = [
        ("purpose", handling.purpose.as_deref()),
        ("owner", handling.owner.as_deref()),
        ("retention", handling.retention.as_ref().map(Retention::word)),
        ("expires", handling.expires.as_ref().map(Expiry::word)),
        ("legal_basis", handling.legal_basis.map(LegalBasis::word)),
    ];
    let links = some("links", list(handling.links.iter().map(|link| text(link))));
    texts.into_iter().filter_map(|(key, value)| Some((key, text(value?)))).chain(links)
}

fn history(
    since: Option<&str>,
    deprecated: Option<&Deprecated>,
    stability: Option<Stability>,
) -> impl Iterator<Item = (&'static str, Node)> {
    let deprecated = deprecated.map(|deprecated| {
        let renamed_to = deprecated.renamed_to.as_deref().map(|name| ("renamed_to", text(name)));
        let note = deprecated.note.as_deref().map(|note| ("note", text(note)));
        let reason = [("reason", text(deprecated.reason.word()))];
        ("deprecated", map(reason.into_iter().chain(renamed_to).chain(note)))
    });
    let since = since.map(|since| ("since", text(since)));
    let stability = stability.map(|stability| ("stability", text(stability.word())));
    since.into_iter().chain(deprecated).chain(stability)
}

/// Without them, what was waived would be found again.
fn waivers(waivers: &[Waiver]) -> Option<(&'static str, Node)> {
    let allow = || named(waivers.iter().map(|waiver| (waiver.code.as_str(), text(&waiver.reason))));
    (!waivers.is_empty()).then(|| ("allow", allow()))
}

fn names(catalogue: &Catalogue, attributes: &[AttributeId]) -> Node {
    list(attributes.iter().map(|id| text(&catalogue.attribute(*id).id)))
}

/// JSON.
enum Node {
    /// A number or a boolean.
    Plain(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

fn yes() -> Node {
    Node::Plain("true".to_owned())
}

fn text(text: &str) -> Node {
    Node::Text(text.to_owned())
}

fn double(number: f64) -> Node {
    Node::Plain(format!("{number:?}"))
}

fn list(items: impl IntoIterator<Item = Node>) -> Node {
    Node::List(items.into_iter().collect())
}

fn map(members: impl IntoIterator<Item = (&'static str, Node)>) -> Node {
    named(members)
}

fn named<'n>(members: impl IntoIterator<Item = (&'n str, Node)>) -> Node {
    Node::Map(members.into_iter().map(|(name, node)| (name.to_owned(), node)).collect())
}

/// A member that is only there when it holds something.
fn some(name: &'static str, node: Node) -> Option<(&'static str, Node)> {
    match &node {
        Node::List(items) if items.is_empty() => None,
        _ => Some((name, node)),
    }
}

impl Node {
    /// The outer maps have a line for each member.
    fn write(&self, out: &mut String, depth: usize) {
        const LINES: usize = 2;
        let between = |out: &mut String, position: usize, lines: bool| match (position, lines) {
            (_, true) => {
                *out += if position > 0 { ",\n" } else { "\n" };
                *out += &"  ".repeat(depth + 1);
            }
            (0, false) => {}
            (_, false) => *out += ", ",
        };
        match self {
            Node::Plain(plain) => *out += plain,
            Node::Text(text) => quote(out, text),
            Node::List(items) => {
                out.push('[');
                for (position, item) in items.iter().enumerate() {
                    between(out, position, false);
                    item.write(out, LINES);
                }
                out.push(']');
            }
            Node::Map(members) => {
                let lines = depth < LINES && !members.is_empty();
                out.push('{');
                for (position, (name, node)) in members.iter().enumerate() {
                    between(out, position, lines);
                    quote(out, name);
                    *out += ": ";
                    node.write(out, depth + 1);
                }
                if lines {
                    out.push('\n');
                    *out += &"  ".repeat(depth);
                }
                out.push('}');
            }
        }
    }
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            ' '..='~' => out.push(char),
            _ => {
                let mut units = [0; 2];
                for unit in char.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04x}"); // a string does not fail
                }
            }
        }
    }
    out.push('"');
}
