//! The telemetry page that people read: `docs/telemetry.md`, with the Data Explanation table.
//!
//! The page is Markdown that is also valid inside MDX. What the catalogue calls Markdown (the page's own text) is taken
//! as it is; everything else is text, and `prose` and `code` keep it from becoming markup.

mod destinations;
mod joined;

use std::collections::HashMap;

use candor_schema::{
    Ask, Attribute, AttributeId, Catalogue, Collected, Consent, DEFAULT, Domain, Encoding, Instrument, MARKER, Measure,
    Member, OPT_IN, OnViolation, Personal, Section, Signal, SignalAttribute, Unit, escape_invisible, series,
};
use serde::Serialize;

pub use self::destinations::DestinationPlan;
use crate::Artefact;
use crate::explanation::{self, ExplanationPlan};
use crate::identifiers::identifier_words;
use crate::layout::lay_out_page;
use crate::markdown::{cell, code, prose};
use crate::phrases::{handled, history, sentences};
use crate::prose::{Named, Style, distinct, list, one_line, sentence};
pub use crate::switches::SwitchPlan;
use crate::switches::{channel_line, plan_switches};
use crate::table::{example_text, example_words};
use crate::types::{page_words, unit_words};

/// Texts as Markdown.
pub(crate) const MARKDOWN: Style = Style { prose, code };

/// Every decision about the page, as Markdown.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DocsPlan {
    /// The source that the page was generated from.
    pub source: String,
    /// Title of the page.
    pub title: String,
    /// The text before everything else.
    pub intro: Option<String>,
    /// Sections before the table.
    pub before: Vec<SectionPlan>,
    /// The purpose of each channel that the catalogue names, as Markdown.
    pub channels: Vec<String>,
    /// Heading of the table.
    pub table_title: String,
    /// The Data Explanation.
    pub explanation: ExplanationPlan,
    /// The text right below the table.
    pub note: Option<String>,
    /// Sections after the table.
    pub after: Vec<SectionPlan>,
    /// The attributes of the process.
    pub resource: Vec<AttributePlan>,
    /// The meaning of the marker of permissions, where signals have one.
    pub marker: Option<String>,
    /// Says that some signals can be joined, where they can.
    pub joined: Option<String>,
    /// Every signal.
    pub signals: Vec<SignalPlan>,
    /// Every endpoint, unless there is but one OTLP endpoint of which nothing is said.
    pub destinations: Vec<DestinationPlan>,
    /// Says that the program asks first, where it does.
    pub asks: Option<String>,
    /// Every switch.
    pub switches: Vec<SwitchPlan>,
    /// Set if some variable switches off when it is false.
    pub off_when_false: bool,
}

/// One section of the page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SectionPlan {
    /// Heading.
    pub title: String,
    /// Body.
    pub text: String,
}

/// One signal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SignalPlan {
    /// Name on the wire.
    pub name: String,
    /// A description, with the condition under which it is sent.
    pub summary: String,
    /// The attributes that it may carry.
    pub attributes: Vec<AttributePlan>,
}

/// One attribute of a signal, or one field of an object in it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttributePlan {
    /// Name on the wire, dotted for a field.
    pub name: String,
    /// Type and bounds, and whether it must be there.
    pub ty: String,
    /// The condition under which it is collected.
    pub collected: String,
    /// Title of its row.
    pub row: String,
    /// A description, with its origin.
    pub brief: String,
}

/// Decides everything the page says.
pub fn plan(catalogue: &Catalogue) -> DocsPlan {
    let head = catalogue.head();
    let docs = head.docs();
    DocsPlan {
        source: format!("{} {}", head.name(), head.version()),
        title: one_line(&docs.title),
        intro: docs.intro.as_deref().map(page_text),
        before: docs.before.iter().map(plan_section).collect(),
        table_title: one_line(&docs.table_title),
        explanation: explanation::plan(catalogue),
        channels: head.channels().iter().map(channel_line).collect(),
        note: docs.note.as_deref().map(page_text),
        after: docs.after.iter().map(plan_section).collect(),
        resource: plan_attributes(catalogue, &catalogue.resource().attributes, Consent::of(DEFAULT), None),
        marker: plan_marker(catalogue),
        joined: joined::plan_joined(catalogue),
        signals: catalogue.signals().iter().map(|signal| plan_signal(catalogue, signal)).collect(),
        destinations: destinations::plan_destinations(catalogue),
        asks: head.ask().map(plan_ask),
        switches: plan_switches(catalogue, explanation::opt_in_mark(catalogue)),
        off_when_false: head.opt_out().iter().any(|opt_out| opt_out.off_when_false),
    }
}

/// Lays out the page.
pub fn render(plan: &DocsPlan) -> Vec<Artefact> {
    vec![Artefact { path: "docs/telemetry.md".to_owned(), text: lay_out_page("telemetry", plan) }]
}

/// The Data Explanation table alone.
pub fn table(catalogue: &Catalogue) -> String {
    lay_out_page("table", &plan(catalogue))
}

/// One part of the page, without its heading: `table`, `signals`, `destinations`, `switches`, `intro`, `note` or `section:<title>`.
pub fn section(catalogue: &Catalogue, name: &str) -> Option<String> {
    part(&plan(catalogue), name)
}

/// The same, of a plan.
pub(crate) fn part(plan: &DocsPlan, name: &str) -> Option<String> {
    match name {
        "destinations" if plan.destinations.is_empty() => None,
        "table" | "signals" | "destinations" | "switches" => Some(lay_out_page(name, plan)),
        "intro" => plan.intro.as_ref().map(|text| format!("{text}\n")),
        "note" => plan.note.as_ref().map(|text| format!("{text}\n")),
        _ => {
            let title = name.strip_prefix("section:")?.trim();
            sections(plan).find(|section| section.title == title).map(|section| format!("{}\n", section.text))
        }
    }
}

/// The names of all parts that the page has.
pub(crate) fn part_names(plan: &DocsPlan) -> Vec<String> {
    let mut names: Vec<String> = ["table", "signals", "switches"].map(str::to_owned).into();
    names.extend((!plan.destinations.is_empty()).then(|| "destinations".to_owned()));
    names.extend(plan.intro.is_some().then(|| "intro".to_owned()));
    names.extend(plan.note.is_some().then(|| "note".to_owned()));
    names.extend(sections(plan).map(|section| format!("section:{}", section.title)));
    names
}

fn sections(plan: &DocsPlan) -> impl Iterator<Item = &SectionPlan> {
    plan.before.iter().chain(&plan.after)
}

fn plan_section(section: &Section) -> SectionPlan {
    SectionPlan { title: one_line(&section.title), text: page_text(&section.text) }
}

fn page_text(markdown: &str) -> String {
    escape_invisible(&markdown.trim_end().replace("\r\n", "\n")).into_owned()
}

fn plan_ask(ask: &Ask) -> String {
    let question = ask.question.as_deref().map(|question| format!(": “{}”", prose(question)));
    sentence(format!("Nothing is reported until the user says yes to a question{}", question.unwrap_or_default()))
}

/// The marker of permissions, where something needs one.
fn plan_marker(catalogue: &Catalogue) -> Option<String> {
    let of_attributes = catalogue.attributes().iter().map(|attribute| attribute.collected);
    let mut collected = of_attributes.chain(catalogue.signals().iter().map(|signal| signal.collected));
    let marker = code(MARKER);
    collected.any(|collected| collected != Collected::Default).then(|| {
        format!(
            "A signal that has something that is not collected by default says so in the attribute {marker}: the names of \
             the permissions that it needs, sorted, with commas between them."
        )
    })
}

fn plan_signal(catalogue: &Catalogue, signal: &Signal) -> SignalPlan {
    SignalPlan {
        name: code(&signal.name),
        summary: plan_summary(catalogue, signal),
        attributes: plan_attributes(catalogue, &signal.attributes, signal.needs, signal.body),
    }
}

fn plan_summary(catalogue: &Catalogue, signal: &Signal) -> String {
    let kind = signal.kind.facts().one;
    let when = match (signal.collected, catalogue.head().opt_in()) {
        (Collected::Default, _) => "sent by default".to_owned(),
        (Collected::OptIn, Some(switch)) => format!("sent only after opting in with {}", code(switch)),
        (Collected::OptIn, None) => "sent only after opting in".to_owned(),
        (Collected::Channel(_), _) => {
            let name = code(catalogue.channel_name(signal.collected));
            if signal.collected.is_by_default() {
                format!("sent unless {name} is switched off")
            } else {
                format!("sent only with {name}")
            }
        }
    };
    let often = signal.every.map(|every| format!(", at most once every {}", every.every())).unwrap_or_default();
    let mut said = vec![sentence(format!("{kind}, {when}{often}: {}", prose(&signal.brief)))];
    said.extend(signal.measure.as_ref().map(|measure| measured(measure, &signal.info.attributes)));
    said.extend(joined::joined_words(catalogue, signal));
    said.extend(signal.row.map(|row| format!("Row: {}.", prose(&catalogue.row(row).title))));
    said.extend(sentences(history(signal.since.as_deref(), signal.deprecated.as_ref(), &MARKDOWN)));
    said.join(" ")
}

/// Words what a metric keeps and how often it tells it.
fn measured(measure: &Measure, labels: &[Member]) -> String {
    let unit = Unit::of(&measure.unit).map(|unit| unit_words(&unit, code)).unwrap_or_default();
    let is = match measure.instrument {
        Instrument::Counter => format!("Adds up{unit}; the sum since the last report is sent"),
        Instrument::UpDownCounter => format!("Adds and subtracts{unit}; the change since the last report is sent"),
        Instrument::Gauge => format!("Keeps the last value{unit}"),
        Instrument::Histogram => {
            let bounds: Vec<_> = measure.bounds.iter().map(f64::to_string).collect();
            let counted = "Counts values by size and adds them up";
            format!("{counted}{unit}; sizes are told apart at {}", bounds.join(", "))
        }
    };
    let series = match series(labels) {
        Some(1) | None => "one series".to_owned(),
        Some(series) => format!("one series for each combination of its attributes, {series} at most"),
    };
    format!("{is}: {series}. Sent every {}.", measure.every())
}

/// An attribute where it stands in a signal.
struct Stand<'a> {
    attribute: &'a Attribute,
    path: String,
    required: bool,
    /// True for the body of the log record.
    is_body: bool,
    /// The channels that it needs, and what it is in.
    needs: Consent,
}

impl<'a> Stand<'a> {
    fn new(catalogue: &'a Catalogue, id: AttributeId, path: String, required: bool, needs: Consent) -> Self {
        let attribute = catalogue.attribute(id);
        Stand { attribute, path, required, is_body: false, needs: needs.and(attribute.needs) }
    }
}

/// The attributes of a signal or of the process, each followed by the fields of its object. An object's fields are listed
/// once.
fn plan_attributes(
    catalogue: &Catalogue,
    attributes: &[SignalAttribute],
    needs: Consent,
    body: Option<AttributeId>,
) -> Vec<AttributePlan> {
    let own = attributes.iter().rev().map(|own| {
        let path = catalogue.attribute(own.attribute).name.to_string();
        Stand {
            is_body: body == Some(own.attribute),
            ..Stand::new(catalogue, own.attribute, path, own.required, needs)
        }
    });
    let mut waiting: Vec<Stand> = own.collect();
    let mut listed: HashMap<(&str, Consent), String> = HashMap::new();
    let mut attributes = Vec::new();
    while let Some(stand) = waiting.pop() {
        let domain = &stand.attribute.domain;
        let object = domain.object().and_then(|object| catalogue.object_of(object)).map(|object| (object, stand.needs));
        let key = object.map(|(object, needs)| (&*object.id, needs));
        attributes.push(plan_attribute(catalogue, &stand, key.and_then(|key| listed.get(&key))));
        let Some(((object, _), key)) = object.zip(key).filter(|(_, key)| !listed.contains_key(key)) else { continue };
        let path = stand.path + &"[]".repeat(depth(domain));
        waiting.extend(object.fields.iter().rev().map(|field| {
            let path = format!("{path}.{}", field.name);
            Stand::new(catalogue, field.attribute, path, field.required, stand.needs)
        }));
        listed.insert(key, path);
    }
    attributes
}

fn plan_attribute(catalogue: &Catalogue, stand: &Stand, listed: Option<&String>) -> AttributePlan {
    let attribute = stand.attribute;
    let fields = listed.map(|path| format!("; fields as in {}", code(path))).unwrap_or_default();
    let body = if stand.is_body { "; the body of the log record" } else { "" };
    AttributePlan {
        name: cell(&code(&stand.path)),
        ty: cell(&(plan_type(attribute, stand.required) + body + &fields)),
        collected: cell(&needs_words(catalogue, stand.needs)),
        row: cell(&prose(&catalogue.row(attribute.row).title)),
        brief: cell(&plan_brief(catalogue, attribute)),
    }
}

/// Words the condition for data that needs these channels.
fn needs_words(catalogue: &Catalogue, needs: Consent) -> String {
    let beyond = needs.without(Consent::of(DEFAULT));
    if beyond.is_off() {
        return "by default".to_owned();
    }
    if beyond == Consent::of(OPT_IN) {
        return "after opt-in".to_owned();
    }
    let names: Vec<_> = catalogue.head().channel_names(beyond).into_iter().map(code).collect();
    format!("with {}", names.join(" and "))
}

/// Counts the lists around a domain's items.
fn depth(domain: &Domain) -> usize {
    match domain {
        Domain::List { item, .. } => 1 + depth(item),
        _ => 0,
    }
}

fn plan_type(attribute: &Attribute, required: bool) -> String {
    plan_values(attribute) + if required { "; required" } else { "; optional" }
}

/// Type, bounds, unit and encoding.
pub(crate) fn plan_values(attribute: &Attribute) -> String {
    let mut ty = page_words(&attribute.domain, code);
    ty += &attribute.unit.as_ref().map(|unit| unit_words(unit, code)).unwrap_or_default();
    if attribute.on_violation == OnViolation::Truncate && matches!(attribute.domain.innermost(), Domain::String { .. })
    {
        ty += ", longer ones are cut";
    }
    if attribute.nullable {
        ty += ", or null";
    }
    if attribute.encoding == Encoding::Json && !matches!(attribute.domain, Domain::Json { .. }) {
        ty += "; sent as JSON text";
    }
    ty
}

fn plan_brief(catalogue: &Catalogue, attribute: &Attribute) -> String {
    let mut said = plan_origin(catalogue, attribute);
    said.extend(plan_personal(attribute).map(str::to_owned));
    said.extend(sentences(handled(&attribute.handling, &MARKDOWN)));
    said.extend(sentences(history(attribute.since.as_deref(), attribute.deprecated.as_ref(), &MARKDOWN)));
    said.extend(example_words(&plan_examples(attribute)));
    let brief = prose(&attribute.brief);
    if said.is_empty() { brief } else { format!("{} {}", sentence(brief), said.join(" ")) }
}

/// Words the origin of a value.
pub(crate) fn plan_origin(catalogue: &Catalogue, attribute: &Attribute) -> Vec<String> {
    let identifier = attribute.identifier.as_ref();
    let identifier = identifier.map(|identifier| identifier_words(catalogue, identifier, &MARKDOWN));
    let derived = plan_derived(catalogue, &attribute.derived_from);
    let free = attribute.free_text.then(|| "Free text: a person or a run may have written it.".to_owned());
    [identifier, derived, free].into_iter().flatten().collect()
}

pub(crate) fn plan_personal(attribute: &Attribute) -> Option<&'static str> {
    (attribute.personal == Some(Personal::Possible)).then_some("May contain personal data.")
}

/// The examples of an attribute, as code. Those of identifiers say nothing.
pub(crate) fn plan_examples(attribute: &Attribute) -> Vec<String> {
    let examples = attribute.examples.iter().filter(|_| attribute.identifier.is_none());
    distinct(examples.map(|example| code(&example_text(example))))
}

pub(crate) fn plan_derived(catalogue: &Catalogue, derived_from: &[AttributeId]) -> Option<String> {
    let sources: Vec<Named> = distinct(derived_from.iter().map(|id| Named::of(catalogue.attribute(*id))));
    (!sources.is_empty()).then(|| sentence(format!("Computed from: {}", list(&sources, &MARKDOWN))))
}
