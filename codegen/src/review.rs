//! The questions of a data review about a change of a catalogue, with the answers that the catalogue knows.

use candor_schema::{
    Attribute, Catalogue, Change, Class, Diff, Endpoint, OptOutKind, Personal, Signal, SignalKind, UNIVERSAL_OPT_OUTS,
};

use crate::changes::{classes, missing_entry, summary};
use crate::docs::{MARKDOWN, plan_derived};
use crate::identifiers::identifier_words;
use crate::markdown::{cell, code, prose};
use crate::phrases::{handled, sentences};
use crate::switches::channel_line;
use crate::types::{page_words, unit_words};

/// Stands where only people know the answer.
const GAP: &str = "**To be filled in.**";

/// The questions and answers in Markdown.
pub fn render(diff: &Diff, new: &Catalogue) -> String {
    let added: Vec<_> = diff.changes.iter().filter(adds).collect();
    let attributes = concerned(new, added.iter().map(|change| change.subject.as_str()));
    let changes = added.iter().map(|change| format!("{} ({})", prose(&change.sentence), classes(change)));
    let mut text = format!("# Data review: {}\n\n{}\n", prose(new.head().title()), prose(&summary(diff)));
    let mut ask = |question: &str, answer: String| text += &format!("\n## {question}\n\n{}\n", answer.trim_end());
    ask("What can be collected that could not?", list(changes) + &table(new, &attributes));
    ask("Which question does it answer, and for whom?", reasons(new, &attributes) + GAP);
    ask("Why is less not enough: fewer values, coarser ones, only after opting in?", GAP.to_owned());
    ask("What sends it?", list(signals(new, &attributes).map(|signal| sent(new, signal))));
    ask("Can it hold personal data, or text that somebody wrote?", personal(&attributes) + GAP);
    ask("Can it be traced to a person or an installation?", identifiers(new, &attributes) + GAP);
    ask("How does a person decide?", consent(new));
    ask("Where does it go?", destination(new));
    ask("Who can see it, and how long is it kept?", handling(new, &attributes) + GAP);
    ask("What could go wrong, and what then?", GAP.to_owned());
    ask("Where do people read about it?", rows(new, &attributes));
    ask("Who agrees?", signature(diff));
    text
}

fn adds(change: &&Change) -> bool {
    change.classes.iter().any(|class| matches!(class, Class::Widens | Class::AddsOptIn))
}

/// The attributes that these paths of changes are about, in the catalogue's order.
fn concerned<'c>(catalogue: &'c Catalogue, subjects: impl Iterator<Item = &'c str>) -> Vec<&'c Attribute> {
    let mut ids: Vec<&str> = Vec::new();
    for subject in subjects {
        let parts: Vec<&str> = subject.splitn(4, '.').collect();
        match parts[..] {
            ["attributes" | "common" | "resource", id] | [_, _, "attributes", id] => ids.push(id),
            [section, signal] if SignalKind::of_section(section).is_some() => {
                let carried = catalogue.signal(signal).into_iter().flat_map(|signal| &signal.attributes);
                ids.extend(carried.map(|own| &*catalogue.attribute(own.attribute).id));
            }
            ["objects", object, "fields", name] => {
                let fields = catalogue.object_named(object).into_iter().flat_map(|object| &object.fields);
                let behind =
                    fields.filter(|field| field.name == name).map(|field| catalogue.attribute(field.attribute));
                ids.extend(behind.map(|attribute| &*attribute.id));
            }
            _ => {}
        }
    }
    catalogue.attributes().iter().filter(|attribute| ids.contains(&&*attribute.id)).collect()
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: String = items.map(|item| format!("* {item}\n")).collect();
    if items.is_empty() { "Nothing.\n".to_owned() } else { items }
}

fn table(catalogue: &Catalogue, attributes: &[&Attribute]) -> String {
    if attributes.is_empty() {
        return String::new();
    }
    let row = |attribute: &&Attribute| {
        let cells = [
            code(&attribute.id),
            prose(&attribute.brief),
            page_words(&attribute.domain, code)
                + &attribute.unit.as_ref().map(|unit| unit_words(unit, code)).unwrap_or_default(),
            code(catalogue.channel_name(attribute.collected)),
            prose(&catalogue.row(attribute.row).title),
        ];
        format!("| {} |\n", cells.map(|text| cell(&text)).join(" | "))
    };
    let rows: String = attributes.iter().map(row).collect();
    format!("\n| Attribute | What it is | Values | Collected | Row |\n|---|---|---|---|---|\n{rows}")
}

/// Lists the reasons, as far as the rows say them.
fn reasons(catalogue: &Catalogue, attributes: &[&Attribute]) -> String {
    let rows = catalogue.rows().iter().enumerate().filter(|(position, _)| {
        let id = catalogue.row_id(*position);
        attributes.iter().any(|attribute| Some(attribute.row) == id)
    });
    let reasons: String = rows
        .filter_map(|(_, row)| Some(format!("* {}: {}\n", prose(&row.title), prose(row.reason.as_deref()?))))
        .collect();
    if reasons.is_empty() { reasons } else { format!("The table says:\n\n{reasons}\n") }
}

/// The signals that carry one of these attributes, in an object or not.
fn signals<'c>(catalogue: &'c Catalogue, attributes: &[&Attribute]) -> impl Iterator<Item = &'c Signal> {
    let ids: Vec<&str> = attributes.iter().map(|attribute| &*attribute.id).collect();
    let holds = move |signal: &Signal| {
        let mut waiting: Vec<_> = signal.attributes.iter().map(|own| own.attribute).collect();
        while let Some(id) = waiting.pop() {
            let attribute = catalogue.attribute(id);
            if ids.contains(&&*attribute.id) {
                return true;
            }
            let fields = attribute
                .domain
                .object()
                .and_then(|object| catalogue.object_of(object))
                .into_iter()
                .flat_map(|object| &object.fields);
            waiting.extend(fields.map(|field| field.attribute));
        }
        false
    };
    catalogue.signals().iter().filter(move |signal| holds(signal))
}

fn sent(catalogue: &Catalogue, signal: &Signal) -> String {
    let collected = code(catalogue.channel_name(signal.collected));
    format!("{} {} ({collected}): {}", signal.kind.word(), code(&signal.name), prose(&signal.brief))
}

fn personal(attributes: &[&Attribute]) -> String {
    let said = attributes.iter().filter_map(|attribute| {
        let possible = (attribute.personal == Some(Personal::Possible)).then_some("may hold personal data");
        let free = attribute.free_text.then_some("may hold text that somebody wrote");
        let said: Vec<_> = possible.into_iter().chain(free).collect();
        (!said.is_empty()).then(|| format!("{} {}", code(&attribute.id), said.join(" and ")))
    });
    format!("The catalogue says:\n\n{}\nIs that all? ", list(said))
}

fn identifiers(catalogue: &Catalogue, attributes: &[&Attribute]) -> String {
    let said = attributes.iter().filter_map(|attribute| {
        let identifier = attribute.identifier.as_ref();
        let identifier = identifier.map(|identifier| identifier_words(catalogue, identifier, &MARKDOWN));
        let said: Vec<_> = identifier.into_iter().chain(plan_derived(catalogue, &attribute.derived_from)).collect();
        (!said.is_empty()).then(|| format!("{}: {}", code(&attribute.id), said.join(" ")))
    });
    format!("The catalogue says:\n\n{}\nAnd several values together? ", list(said))
}

/// Purpose, retention, expiry, legal basis and owner, as far as the catalogue says them.
fn handling(catalogue: &Catalogue, attributes: &[&Attribute]) -> String {
    let said = attributes.iter().filter_map(|attribute| {
        let said: Vec<_> = sentences(handled(&catalogue.handling(attribute), &MARKDOWN)).collect();
        (!said.is_empty()).then(|| format!("* {}: {}\n", code(&attribute.id), said.join(" ")))
    });
    let said: String = said.collect();
    if said.is_empty() { said } else { format!("The catalogue says:\n\n{said}\n") }
}

fn consent(catalogue: &Catalogue) -> String {
    let head = catalogue.head();
    let own = head.opt_out().iter().map(|opt_out| match opt_out.kind {
        OptOutKind::Variable if opt_out.off_when_false => format!("{} set to a word for no", code(&opt_out.name)),
        OptOutKind::Variable => code(&opt_out.name),
        kind => format!("the {} {}", kind.word(), code(&opt_out.name)),
    });
    let mut switches: Vec<String> = own.collect();
    let is_listed = |name: &str| head.opt_out().iter().any(|own| own.is_universal() && own.name == name);
    switches.extend(UNIVERSAL_OPT_OUTS.into_iter().filter(|name| !is_listed(name)).map(code));
    let switch = match head.opt_in() {
        Some(switch) => format!("What is opt-in needs {}.", code(switch)),
        None => "Nothing is opt-in.".to_owned(),
    };
    let channels: String = head.channels().iter().map(|channel| format!(" {}", channel_line(channel))).collect();
    format!("Each of {} switches everything off. {switch}{channels}", switches.join(", "))
}

fn destination(catalogue: &Catalogue) -> String {
    let head = catalogue.head();
    let service = format!("It is sent as service {}", code(head.service()));
    let to = |endpoint: &Endpoint| match &endpoint.brief {
        Some(brief) => format!("{} ({})", code(&endpoint.url), prose(brief)),
        None => code(&endpoint.url),
    };
    match head.endpoints() {
        [] => format!("{service}. The catalogue names no endpoint: {GAP}"),
        [only] => format!("{service} to {}.", to(only)),
        all => {
            let of = |(position, endpoint): (usize, &Endpoint)| {
                let sent = catalogue.signals().iter().filter(|signal| usize::from(signal.endpoint) == position);
                let names: Vec<_> = sent.map(|signal| code(&signal.name)).collect();
                format!("{} to {}", names.join(", "), to(endpoint))
            };
            format!("{service}:\n\n{}", list(all.iter().enumerate().map(of)))
        }
    }
}

fn rows(catalogue: &Catalogue, attributes: &[&Attribute]) -> String {
    let mut titles: Vec<String> =
        attributes.iter().map(|attribute| prose(&catalogue.row(attribute.row).title)).collect();
    titles.dedup();
    format!("In these rows of the table:\n\n{}", list(titles.into_iter()))
}

fn signature(diff: &Diff) -> String {
    match missing_entry(diff) {
        Some(entry) => format!("Add to the catalogue’s `reviews`:\n\n```yaml\n{entry}```\n"),
        None => "Nothing is left to sign.".to_owned(),
    }
}
