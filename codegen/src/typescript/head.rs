//! The members of the catalogue's constant: its head, its signals, and what the notice says.

use candor_schema::{Catalogue, Channel, Identifier, OptOut, OptOutKind, Period};

use crate::fields::{UNGUARDED, in_order, resource_fields};
use crate::prose::PLAIN;
use crate::table::{Row, rows};
use crate::types::typescript::text;

use super::names::Names;
use super::{channel, members as lines_of};

/// All of them, a line or more each.
pub(super) fn members(catalogue: &Catalogue, names: &Names) -> Vec<String> {
    let head = catalogue.head();
    let endpoints = head.endpoints().iter().map(|endpoint| {
        let body = endpoint.form.body().map(|_| ", json: true").unwrap_or_default();
        format!("{{ name: {}, url: {}{body} }}", text(&endpoint.name), text(&endpoint.url))
    });
    let mut members = vec![
        format!("name: {}", text(head.name())),
        format!("title: {}", text(head.title())),
        format!("version: {}", text(head.version())),
        format!("service: {}", text(head.service())),
        list("endpoints", endpoints),
    ];
    members.extend(head.opt_in().map(|switch| format!("optIn: {}", text(switch))));
    members.push(list("optOut", head.opt_out().iter().map(opt_out)));
    members.extend(installation_id(catalogue));
    members.push(list("channels", head.channels().iter().map(|one| own_channel(catalogue, one))));
    members.extend(head.ask().map(|ask| format!("ask: {}", text(ask.question.as_deref().unwrap_or_default()))));
    members.push(list(
        "signals",
        crate::fields::emitted(catalogue).map(|one| format!("$signals.{}", names.function(&one.id))),
    ));
    let resource = in_order(resource_fields(catalogue), UNGUARDED, |field| field.behind);
    members.push(match resource.is_empty() {
        true => "resource: []".to_owned(),
        false => format!("resource: [\n{}  ]", lines_of(names, &resource, "    ")),
    });
    members.extend(head.docs().intro.as_deref().map(|intro| format!("intro: {}", text(intro))));
    members.push(list(
        "rows",
        rows(catalogue, &PLAIN).into_iter().map(|Row { channels, title, .. }| {
            let channels = channels.iter().map(|one| channel(catalogue, one.number()));
            format!("{{ title: {}, channels: [{}] }}", text(&title), channels.collect::<Vec<_>>().join(", "))
        }),
    ));
    members
}

/// A member that is a list, a line for each item.
fn list(name: &str, items: impl Iterator<Item = String>) -> String {
    let items: String = items.map(|item| format!("    {item},\n")).collect();
    if items.is_empty() { format!("{name}: []") } else { format!("{name}: [\n{items}  ]") }
}

fn opt_out(opt_out: &OptOut) -> String {
    let kind = match opt_out.kind {
        OptOutKind::Variable if opt_out.off_when_false => "variable_off_when_false",
        kind => kind.word(),
    };
    format!("{{ kind: {}, name: {} }}", text(kind), text(&opt_out.name))
}

fn own_channel(catalogue: &Catalogue, one: &Channel) -> String {
    let grants = one.grants.bits();
    format!(
        "{{ name: {}, number: {}, title: {}, brief: {}, grants: {grants} }}",
        text(&one.name),
        channel(catalogue, one.number),
        text(&one.title),
        text(&one.brief)
    )
}

/// The installation id that the runtime keeps. Where several attributes rotate, the shortest promise counts for all.
fn installation_id(catalogue: &Catalogue) -> Option<String> {
    let own = || {
        let attributes = catalogue.attributes().iter();
        attributes
            .filter_map(|one| Some((&*one.id, one.identifier.as_ref().filter(|it| Identifier::is_installation(it))?)))
    };
    let ids: Vec<String> = own().map(|(id, _)| text(id)).collect();
    let rotates = own().filter_map(|(_, identifier)| identifier.rotates).map(Period::seconds).min();
    let rotates = rotates.map(|seconds| format!(", rotates: {seconds}")).unwrap_or_default();
    (!ids.is_empty()).then(|| format!("installationId: {{ attributes: [{}]{rotates} }}", ids.join(", ")))
}
