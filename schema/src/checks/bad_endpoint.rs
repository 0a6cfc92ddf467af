//! Endpoints that nothing can be sent to as they are written.

use candor_domain::Body;

use super::bad_variable::fault_of_endpoint;
use crate::index::Index;
use crate::model::{EndpointModel, Located, TemplateModel};
use crate::template::{body, is_json};
use crate::{Check, Finding, Severity};

/// Found by [`check_bad_endpoint`].
pub const CHECK: Check = Check {
    code: "E0601",
    severity: Severity::Error,
    waivable: false,
    title: "bad endpoint",
    what: "An endpoint's `url` is no http address, has credentials or a fragment in it, or is an OTLP address with a \
           query; `json` has no `body`, or `otlp` has one, or a `method`; a `batch` has no `$signals`; a template is no \
           mapping, too deep, or too long; there are more than 16 endpoints; or `endpoint` stands beside `endpoints`.",
    why: "Every endpoint is a promise on the page, and what the page says has to be what the program can send.",
    wrong: "endpoints:\n  crash: {url: https://crash.example.com/report, form: json}\n",
    right: "endpoints:\n  crash: {url: https://crash.example.com/report, form: json, body: {event: $name, at: $time, data: $attributes}}\n",
};

/// Most endpoints.
const MOST: usize = 16;

/// Looks at every endpoint.
pub fn check_bad_endpoint(index: &Index<'_>, findings: &mut Vec<Finding>) {
    let model = index.model;
    if let (Some(short), Some((first, _))) = (&model.endpoint, model.endpoints.0.first()) {
        let finding = CHECK.at(short.place, "`endpoint` is the short form of one endpoint, and there are `endpoints`");
        findings.push(finding.label(first.place, "the first of them").help("move it to `endpoints`"));
    }
    if let Some((name, _)) = model.endpoints.0.get(MOST) {
        let message = format!("there are more than {MOST} endpoints");
        findings.push(CHECK.at(name.place, message).help("let signals share an endpoint"));
    }
    for (name, endpoint) in model.endpoints.iter() {
        check_url(endpoint, findings);
        check_form(name, endpoint, index, findings);
        if let Some(template) = endpoint.body.as_ref().filter(|_| is_json(endpoint)) {
            let mut faults = Vec::new();
            body(index, template, endpoint.batch.as_ref(), &mut faults);
            let of_form = faults.into_iter().filter(|fault| fault.of_form);
            findings.extend(of_form.map(|fault| CHECK.at(fault.place, fault.message).help(fault.help)));
        }
        for template in [&endpoint.body, &endpoint.batch].into_iter().flatten() {
            if length(&template.value) > Body::LONGEST {
                let message = format!("a template is longer than {} bytes", Body::LONGEST);
                findings.push(CHECK.at(template.place, message).help("leave out what says nothing of a signal"));
            }
        }
    }
}

fn check_url(endpoint: &EndpointModel, findings: &mut Vec<Finding>) {
    let Some(url) = &endpoint.url else { return };
    let fault = fault_of_endpoint(&url.value).or_else(|| match url.value.as_str() {
        text if text.contains('#') => Some(("has a fragment in it", "leave it out: no server ever sees it")),
        text if text.contains('?') && !is_json(endpoint) => {
            Some(("has a query in it", "leave it out: OTLP adds its paths behind the address"))
        }
        _ => None,
    });
    findings.extend(fault.map(|(fault, help)| CHECK.at(url.place, format!("the address {fault}")).help(help)));
}

fn check_form(name: &Located<String>, endpoint: &EndpointModel, index: &Index<'_>, findings: &mut Vec<Finding>) {
    let unread = |key| index.is_key_unread(name, key);
    if is_json(endpoint) {
        if endpoint.body.is_none() && !unread("body") {
            let finding = CHECK.at(name.place, "an endpoint with `form: json` needs a `body`");
            findings.push(finding.help("add `body: {event: $name, at: $time, data: $attributes}`"));
        }
        return;
    }
    let of_json = [
        ("body", endpoint.body.as_ref().map(|body| body.place)),
        ("batch", endpoint.batch.as_ref().map(|batch| batch.place)),
        ("method", endpoint.method.as_ref().map(|method| method.place)),
    ];
    for (key, place) in of_json.into_iter().filter_map(|(key, place)| Some((key, place?))) {
        if !unread("form") {
            let finding = CHECK.at(place, format!("an OTLP endpoint has no `{key}`: OTLP says all of it"));
            findings.push(finding.help(format!("add `form: json`, or remove `{key}`")));
        }
    }
}

/// About as many bytes as the JSON text has.
fn length(template: &TemplateModel) -> usize {
    match template {
        TemplateModel::Null | TemplateModel::Boolean(_) => 5,
        TemplateModel::Integer(_) | TemplateModel::Double(_) => 20,
        TemplateModel::Text(text) => text.len() + 3,
        TemplateModel::List(items) => 2 + items.iter().map(|item| length(&item.value)).sum::<usize>(),
        TemplateModel::Map(members) => {
            2 + members.iter().map(|(key, value)| key.value.len() + 4 + length(&value.value)).sum::<usize>()
        }
    }
}
