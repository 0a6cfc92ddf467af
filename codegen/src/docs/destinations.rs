//! The page's part on where data goes: each endpoint is a promise of its own.

use std::collections::BTreeSet;

use candor_schema::{Catalogue, Endpoint, Form};
use serde::Serialize;

use crate::markdown::{cell, code, prose};
use crate::prose::{one_line, sentence};

/// One endpoint.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DestinationPlan {
    /// Its address.
    pub url: String,
    /// The recipient and the form.
    pub recipient: String,
    /// The rows whose data goes there.
    pub rows: String,
    /// The signals that go there.
    pub signals: String,
}

/// All endpoints, unless the catalogue has but one in its short form.
pub(super) fn plan_destinations(catalogue: &Catalogue) -> Vec<DestinationPlan> {
    match catalogue.head().endpoints() {
        [] => Vec::new(),
        [only] if only.name == "default" && only.form == Form::Otlp && only.brief.is_none() => Vec::new(),
        all => all.iter().enumerate().map(|(position, one)| plan_destination(catalogue, position, one)).collect(),
    }
}

fn plan_destination(catalogue: &Catalogue, position: usize, endpoint: &Endpoint) -> DestinationPlan {
    let form = match &endpoint.form {
        Form::Otlp => "As OTLP.".to_owned(),
        Form::Json(method, _) => format!("As JSON in a form of its own ({}).", method.word()),
    };
    let brief = endpoint.brief.as_deref().map(|brief| sentence(prose(&one_line(brief))));
    let signals: Vec<_> =
        catalogue.signals().iter().filter(|signal| usize::from(signal.endpoint) == position).collect();
    let names: Vec<String> = signals.iter().map(|signal| code(&signal.name)).collect();
    let reached = rows(catalogue, position, endpoint);
    let titles = catalogue.rows().iter().filter(|row| reached.contains(row.id.as_str()));
    let titles: Vec<String> = titles.map(|row| prose(&row.title)).collect();
    DestinationPlan {
        url: cell(&code(&endpoint.url)),
        recipient: cell(&brief.into_iter().chain([form]).collect::<Vec<_>>().join(" ")),
        rows: cell(&titles.join(", ")),
        signals: cell(&names.join(", ")),
    }
}

/// The rows of everything that requests with signals to an endpoint may hold.
fn rows<'c>(catalogue: &'c Catalogue, position: usize, endpoint: &Endpoint) -> BTreeSet<&'c str> {
    let mut rows = BTreeSet::new();
    let mut waiting = Vec::new();
    for signal in catalogue.signals().iter().filter(|signal| usize::from(signal.endpoint) == position) {
        rows.extend(signal.row.map(|row| catalogue.row(row).id.as_str()));
        waiting.extend(signal.attributes.iter().map(|own| own.attribute));
    }
    if !waiting.is_empty() || !rows.is_empty() {
        let has_place = |name: &str| endpoint.form.body().is_none_or(|body| body.places_of_resource(name));
        let of_process = catalogue.resource().attributes.iter().map(|own| own.attribute);
        waiting.extend(of_process.filter(|id| has_place(&catalogue.attribute(*id).name)));
    }
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        let attribute = catalogue.attribute(id);
        rows.insert(catalogue.row(attribute.row).id.as_str());
        let object = attribute.domain.object().and_then(|object| catalogue.object_of(object));
        waiting.extend(object.into_iter().flat_map(|object| object.fields.iter().map(|field| field.attribute)));
    }
    rows
}
