//! Attributes that a body has no place for, or two things for one place.

use std::collections::HashSet;

use candor_domain::{Body, Part};

use super::unplaced_resource::unplaced_of_process;
use crate::finding::quote;
use crate::index::{Index, wire_name};
use crate::model::{Located, TemplateModel};
use crate::template::{body, is_json};
use crate::unread::Part as Unread;
use crate::{Check, Finding, Severity};

/// Found by [`check_unplaced_attribute`].
pub const CHECK: Check = Check {
    code: "E0605",
    severity: Severity::Error,
    waivable: false,
    title: "unplaced attribute",
    what: "A signal carries an attribute for which its endpoint's body has no place: neither `$attributes` nor \
           `$attributes.KEY`; or an attribute that is spread by `\"...\"` has the name of another member; a body has a place \
           for an attribute that no signal of its endpoint carries; the signal has the body of a log record; or an \
           attribute of the process has a place at no endpoint: neither `$resource` nor `$resource.KEY`, and none takes \
           OTLP.",
    why: "The attribute would be on the page and never be sent, or be taken for something else.",
    wrong: "body: {event: $name, os: $attributes.os_type}   # and the signals carry `runs`, too\n",
    right: "body: {event: $name, os: $attributes.os_type, properties: $attributes}\n",
};

/// Looks for the place of every attribute that goes to an endpoint with a body.
pub fn check_unplaced_attribute(index: &Index<'_>, findings: &mut Vec<Finding>) {
    if index.is_unread(&[Unread::Attributes, Unread::Signals, Unread::Carried]) {
        return;
    }
    for (listed, lacking) in unplaced_of_process(index).into_iter().filter(|(_, lacking)| lacking.is_everywhere) {
        let message = format!("no endpoint has a place for `{}`, an attribute of the process", listed.value);
        let finding = CHECK.at(listed.place, message).help("add `$resource` to a `batch` or `body`, or remove it here");
        findings.push(match lacking.endpoints.first() {
            Some((_, template)) => finding.label(template.place, "a body"),
            None => finding,
        });
    }
    for (position, (name, endpoint)) in index.model.endpoints.iter().enumerate() {
        let Some(template) = endpoint.body.as_ref().filter(|_| is_json(endpoint)) else { continue };
        let mut faults = Vec::new();
        let body = body(index, template, endpoint.batch.as_ref(), &mut faults);
        let Some(body) = body.filter(|_| faults.is_empty()) else { continue };
        for of_record in index.signals_to(position).filter_map(|(_, _, signal)| signal.body.as_ref()) {
            let message = format!("the body of `{}` has no place for that of a log record", name.value);
            let help = "remove `body`: the attribute goes with the others";
            findings.push(CHECK.at(of_record.place, message).label(template.place, "the endpoint's body").help(help));
        }
        let beside = beside_spread(&body, &Part::Spread);
        let mut carried = HashSet::new();
        let mut reported = HashSet::new();
        for listed in index.signals_to(position).flat_map(|(_, _, signal)| index.carried(signal)) {
            let Some(wire) = wire(index, listed).filter(|_| carried.insert(&listed.value)) else { continue };
            let is_own = body.own.iter().any(|own| own.key == listed.value);
            let message = match () {
                () if is_own => continue,
                () if !body.has_rest() => format!("the body of `{}` has no place for `{}`", name.value, listed.value),
                () if beside.contains(wire) => {
                    format!("the body of `{}` has a member {} beside the attribute", name.value, quote(wire))
                }
                () => continue,
            };
            if reported.insert(&listed.value) {
                let help = "add `$attributes`, give it a place with `$attributes.KEY`, or give it another `name`";
                findings.push(CHECK.at(listed.place, message).label(template.place, "the body").help(help));
            }
        }
        of_process_beside(index, &name.value, template, &body, findings);
        for own in body.own.iter().filter(|own| !carried.iter().any(|key| **key == own.key)) {
            let message = format!("no signal that goes to `{}` carries `{}`", name.value, own.key);
            findings.push(CHECK.at(template.place, message).help("remove its place, or list it at a signal"));
        }
    }
}

/// Attributes of the process that are spread beside a member of the same name.
fn of_process_beside(
    index: &Index<'_>,
    endpoint: &str,
    template: &Located<TemplateModel>,
    body: &Body,
    findings: &mut Vec<Finding>,
) {
    let beside = beside_spread(body, &Part::SpreadResource);
    for (listed, _) in index.model.resource.iter() {
        let is_own = body.of_resource.iter().any(|own| own.key == listed.value);
        let Some(wire) = wire(index, listed).filter(|wire| !is_own && beside.contains(*wire)) else { continue };
        let message = format!("the form of `{endpoint}` has a member {} beside the attribute", quote(wire));
        let help = "give the attribute a place with `$resource.KEY`, or another `name`";
        findings.push(CHECK.at(listed.place, message).label(template.place, "the body").help(help));
    }
}

fn wire<'m>(index: &Index<'m>, listed: &Located<String>) -> Option<&'m str> {
    let (id, attribute) = index.model.attributes.0.get(index.attributes.get(&listed.value)?)?;
    Some(wire_name(&id.value, attribute))
}

/// The keys beside what is spread.
fn beside_spread(body: &Body, spread: &Part) -> HashSet<String> {
    fn find(part: &Part, spread: &Part, keys: &mut HashSet<String>) {
        match part {
            Part::Object(members) => {
                if members.iter().any(|(_, member)| member == spread) {
                    let beside = members.iter().filter(|(_, member)| member != spread);
                    keys.extend(beside.map(|(key, _)| key.to_string()));
                }
                members.iter().for_each(|(_, member)| find(member, spread, keys));
            }
            Part::List(items) => items.iter().for_each(|item| find(item, spread, keys)),
            _ => {}
        }
    }
    let mut keys = HashSet::new();
    [Some(&body.template), body.batch.as_ref()].into_iter().flatten().for_each(|part| find(part, spread, &mut keys));
    keys
}
