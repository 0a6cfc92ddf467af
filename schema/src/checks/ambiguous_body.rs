//! Bodies from which nobody can tell which signal they are.

use std::collections::HashMap;

use crate::finding::quote;
use crate::index::Index;
use crate::repeats::seen_before;
use crate::template::{body, is_json};
use crate::unread::Part;
use crate::{Check, Finding, Severity};

/// Found by [`check_ambiguous_body`].
pub const CHECK: Check = Check {
    code: "E0606",
    severity: Severity::Error,
    waivable: false,
    title: "ambiguous body",
    what: "Several signals go to an endpoint whose body has no `$name`, or a span and an event of one name do.",
    why: "A recipient could not tell the signals apart, and neither could whoever checks what is sent.",
    wrong: "body: {at: $time, data: $attributes}   # for two signals\n",
    right: "body: {event: $name, at: $time, data: $attributes}\n",
};

/// Looks at what tells the signals of each endpoint apart.
pub fn check_ambiguous_body(index: &Index<'_>, findings: &mut Vec<Finding>) {
    if index.is_unread(&[Part::Signals]) {
        return;
    }
    for (position, (name, endpoint)) in index.model.endpoints.iter().enumerate() {
        let Some(template) = endpoint.body.as_ref().filter(|_| is_json(endpoint)) else { continue };
        let mut faults = Vec::new();
        let Some(body) = body(index, template, None, &mut faults).filter(|_| faults.is_empty()) else { continue };
        let mut signals = index.signals_to(position);
        if !body.has_name() {
            if let (Some(_), Some((_, second, _))) = (signals.next(), signals.next()) {
                let finding = CHECK
                    .at(template.place, format!("several signals go to `{}`, and the body has no `$name`", name.value));
                findings.push(finding.label(second.place, "the second of them").help("add a member with `$name`"));
            }
            continue;
        }
        let mut seen = HashMap::new();
        for (kind, _, wire) in signals.filter_map(|(kind, id, signal)| Some((kind, id, signal.name.as_ref()?))) {
            let Some((_, other)) =
                seen_before(&mut seen, wire.value.as_str(), (kind, wire)).filter(|other| other.0 != kind)
            else {
                continue;
            };
            let message = format!("a span and an event called {} both go to `{}`", quote(&wire.value), name.value);
            let help = "give one of them another `name`, or send it elsewhere";
            findings.push(CHECK.at(wire.place, message).label(other.place, "the other one").help(help));
        }
    }
}
