//! The arguments of the catalogue's constant: its head, its signals, and what the notice says.

use candor_schema::{Catalogue, Channel, Identifier, OptOut, Period};

use crate::fields::{UNGUARDED, in_order, resource_fields};
use crate::prose::PLAIN;
use crate::table::{Row, rows};
use crate::types::python::python_text as text;

use super::names::{Names, keywords};
use super::{channel, channels_of, lines_of_members, signals_of};

/// All of them, a line or more each.
pub(super) fn arguments(catalogue: &Catalogue, names: &Names) -> Vec<String> {
    let head = catalogue.head();
    let endpoints = head.endpoints().iter().map(|endpoint| {
        let body = endpoint.form.body().map(|_| ", is_otlp=False").unwrap_or_default();
        format!("candor.Endpoint({}, {}{body})", text(&endpoint.name), text(&endpoint.url))
    });
    let signals = signals_of(catalogue).map(|one| format!("_signals.{}", names.function(&one.id)));
    let fields = in_order(resource_fields(catalogue), UNGUARDED, |field| field.behind);
    let (_, own) = keywords(&fields, &channels_of(catalogue, &fields).1);
    let resource = lines_of_members(catalogue, names, &fields, &own);
    let titles = rows(catalogue, &PLAIN).into_iter().map(|Row { channels, title, .. }| {
        let channels: Vec<String> = channels.iter().map(|one| channel(catalogue, one.number())).collect();
        format!("({}, {})", text(&title), channels.join(" | "))
    });
    let mut arguments: Vec<String> =
        [head.name(), head.title(), head.version(), head.service()].into_iter().map(text).collect();
    arguments.push(list("signals", signals));
    arguments.push(list("endpoints", endpoints));
    arguments.extend(head.opt_in().map(|switch| format!("opt_in={}", text(switch))));
    arguments.push(list("opt_out", head.opt_out().iter().map(opt_out)));
    arguments.push(list("channels", head.channels().iter().map(|one| own_channel(catalogue, one))));
    arguments.extend(head.ask().map(|ask| format!("ask={}", text(ask.question.as_deref().unwrap_or_default()))));
    arguments.push(list("resource", resource.into_iter()));
    arguments.push(list("rows", titles));
    arguments.extend(head.docs().intro.as_deref().map(|intro| format!("intro={}", text(intro))));
    arguments.extend(installation_id(catalogue));
    arguments
}

/// An argument that is a list, a line for each item.
fn list(name: &str, items: impl Iterator<Item = String>) -> String {
    let items: String = items.map(|item| format!("        {item},\n")).collect();
    if items.is_empty() { format!("{name}=[]") } else { format!("{name}=[\n{items}    ]") }
}

fn opt_out(opt_out: &OptOut) -> String {
    let off_when = if opt_out.off_when_false { ", off_when_false=True" } else { "" };
    format!("candor.OptOut({}, {}{off_when})", text(opt_out.kind.word()), text(&opt_out.name))
}

fn own_channel(catalogue: &Catalogue, one: &Channel) -> String {
    let grants: Vec<String> = one.grants.channels().map(|number| channel(catalogue, number)).collect();
    let (name, title, brief) = (text(&one.name), text(&one.title), text(&one.brief));
    format!("candor.Channel({name}, {}, {title}, {brief}, {})", one.number, grants.join(" | "))
}

/// The installation id that the runtime keeps. Where several attributes rotate, the shortest promise counts for all.
fn installation_id(catalogue: &Catalogue) -> Option<String> {
    let attributes = catalogue.attributes().iter();
    let own: Vec<_> = attributes
        .filter_map(|one| Some((&*one.id, one.identifier.as_ref().filter(|it| Identifier::is_installation(it))?)))
        .collect();
    let ids: Vec<String> = own.iter().map(|(id, _)| text(id)).collect();
    let rotates = own.iter().filter_map(|(_, identifier)| identifier.rotates).map(Period::seconds).min();
    let rotates = rotates.map(|seconds| format!(", rotates={seconds}")).unwrap_or_default();
    (!ids.is_empty()).then(|| format!("installation_id=[{}]{rotates}", ids.join(", ")))
}
