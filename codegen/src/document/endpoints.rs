//! Endpoints as a catalogue writes them.

use candor_schema::{Body, Endpoint, Form, Head, JsonValue, Method, Part, placeholder_text};

use super::{Node, list, map, named, text, waivers};

/// One OTLP endpoint in its short form, or all of them.
pub(super) fn endpoints(head: &Head) -> Option<(&'static str, Node)> {
    match head.endpoints() {
        [] => None,
        [only]
            if only.name == "default" && only.form == Form::Otlp && only.brief.is_none() && only.allow.is_empty() =>
        {
            Some(("endpoint", text(&only.url)))
        }
        all => Some(("endpoints", named(all.iter().map(|one| (&*one.name, endpoint(one)))))),
    }
}

fn endpoint(endpoint: &Endpoint) -> Node {
    let mut members = vec![("url", text(&endpoint.url))];
    members.extend(endpoint.brief.as_deref().map(|brief| ("brief", text(brief))));
    if let Form::Json(method, body) = &endpoint.form {
        members.push(("form", text(endpoint.form.word())));
        members.extend((*method != Method::Post).then(|| ("method", text(method.word()))));
        members.push(("body", part(&body.template, body)));
        members.extend(body.batch.as_ref().map(|batch| ("batch", part(batch, body))));
    }
    members.extend(waivers(&endpoint.allow));
    map(members)
}

fn part(part: &Part, body: &Body) -> Node {
    match part {
        Part::Literal(json) => literal(json),
        Part::List(items) => list(items.iter().map(|item| self::part(item, body))),
        Part::Object(members) => named(members.iter().map(|(key, member)| (&**key, self::part(member, body)))),
        placeholder => text(&placeholder_text(placeholder, body).unwrap_or_default()),
    }
}

/// A text that starts with `$` is no placeholder if it starts with two.
fn literal(json: &str) -> Node {
    match JsonValue::parse(json) {
        Some(JsonValue::Text(value)) if value.starts_with('$') => text(&format!("${value}")),
        Some(JsonValue::Text(value)) => text(&value),
        _ => Node::Plain(json.to_owned()),
    }
}
