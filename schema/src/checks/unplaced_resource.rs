//! Attributes of the process that only some endpoints get.

use candor_domain::Body;

use crate::index::{Index, wire_name};
use crate::model::{EndpointModel, Located, TemplateModel};
use crate::template::{body, is_json};
use crate::unread::Part;
use crate::{Check, Finding, Severity};

/// Found by [`check_unplaced_resource`].
pub const CHECK: Check = Check {
    code: "W0603",
    severity: Severity::Warning,
    waivable: true,
    title: "unplaced resource attribute",
    what: "Requests to an endpoint of a form of its own have no place for an attribute of the process, which other endpoints \
           get: neither `$resource` nor `$resource.KEY`.",
    why: "Reports that go there come without it, which is easily forgotten. If they are meant to, say so at the endpoint.",
    wrong: "resource: {os_type: required}\nendpoints:\n  main: {url: …}\n  crash: {…, body: {event: $name}}\n",
    right: "endpoints:\n  main: {url: …}\n  crash: {…, body: {event: $name, system: $resource}}\n",
};

/// Looks for the place of each attribute of the process at each endpoint.
pub fn check_unplaced_resource(index: &Index<'_>, findings: &mut Vec<Finding>) {
    if index.is_unread(&[Part::Attributes, Part::Signals, Part::Carried, Part::Endpoints]) {
        return;
    }
    for (listed, lacking) in unplaced_of_process(index).into_iter().filter(|(_, lacking)| !lacking.is_everywhere) {
        for (endpoint, template) in lacking.endpoints {
            let message =
                format!("requests to `{}` have no place for `{}` of the process", endpoint.value, listed.value);
            let help = "add `$resource` to its `batch` or `body`, or say why not: `allow: {W0603: why}`";
            findings.push(
                CHECK.at(listed.place, message).label(template.place, "the body").help(help).about(endpoint.place),
            );
        }
    }
}

/// The endpoints that lack an attribute of the process.
pub(super) struct Lacking<'m> {
    /// Their names and the bodies of their signals.
    pub endpoints: Vec<(&'m Located<String>, &'m Located<TemplateModel>)>,
    /// True if no other endpoint gets it.
    pub is_everywhere: bool,
}

/// Each attribute of the process that an endpoint lacks. An endpoint that no signal goes to lacks nothing.
pub(super) fn unplaced_of_process<'m>(index: &Index<'m>) -> Vec<(&'m Located<String>, Lacking<'m>)> {
    let endpoints = index.model.endpoints.iter().enumerate();
    let used: Vec<_> = endpoints.filter(|(position, _)| index.signals_to(*position).next().is_some()).collect();
    let forms: Vec<_> = used.into_iter().map(|(_, (name, endpoint))| (name, form(index, endpoint))).collect();
    let mut unplaced = Vec::new();
    for (listed, _) in index.model.resource.iter() {
        let Some(attribute) = index.attribute(&listed.value) else { continue };
        let wire = wire_name(&listed.value, attribute);
        let lacks = |form: &Option<(&'m Located<TemplateModel>, Body)>| {
            form.as_ref().filter(|(_, body)| !body.places_of_resource(wire)).map(|(template, _)| *template)
        };
        let endpoints: Vec<_> = forms.iter().filter_map(|(name, form)| Some((*name, lacks(form)?))).collect();
        if !endpoints.is_empty() {
            let is_everywhere = endpoints.len() == forms.len();
            unplaced.push((listed, Lacking { endpoints, is_everywhere }));
        }
    }
    unplaced
}

/// The body of an endpoint, if it has one and nothing is wrong about it.
fn form<'m>(index: &Index<'m>, endpoint: &'m EndpointModel) -> Option<(&'m Located<TemplateModel>, Body)> {
    let template = endpoint.body.as_ref().filter(|_| is_json(endpoint))?;
    let mut faults = Vec::new();
    let body = body(index, template, endpoint.batch.as_ref(), &mut faults)?;
    faults.is_empty().then_some((template, body))
}
