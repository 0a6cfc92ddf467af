//! JSON Schemas of the bodies that signals have at endpoints of a form of their own.
//!
//! They accept what the emitter writes there, in any order of members. Where the template has `$dropped`, required
//! attributes are demanded unless it is there. Without it a body cannot say that something was left out, so nothing is
//! demanded.

use std::collections::BTreeMap;

use candor_schema::{Body, Clock, Form, Part, TIMESTAMP_PATTERN};
use serde_json::{Map, Value, json};

use super::envelope::{into_map, marker};
use super::{PropertyPlan, SignalPlan, closed, render_property};

/// The body of one signal: its form, and the attributes that it may hold.
#[derive(Debug, Clone, PartialEq)]
pub struct BodyPlan {
    /// Path of its schema.
    pub path: String,
    /// Its `$id`.
    pub urn: String,
    /// The endpoint that it goes to.
    pub endpoint: String,
    /// The form.
    pub body: Body,
}

impl BodyPlan {
    pub(super) fn new(endpoint: &candor_schema::Endpoint, path: String, urn: String) -> Option<Self> {
        let Form::Json(_, body) = &endpoint.form else { return None };
        Some(BodyPlan { path, urn, endpoint: endpoint.name.to_string(), body: body.clone() })
    }
}

/// The schema without what makes it a file.
pub(super) fn render_body(signal: &SignalPlan, resource: &[PropertyPlan], plan: &BodyPlan) -> Map<String, Value> {
    let form = BodyForm { signal, resource, body: &plan.body };
    let mut schema = into_map(json!({ "description": signal.description }));
    schema.extend(into_map(form.part(&plan.body.template)));
    let demanded = form.demand(&plan.body.template).filter(|_| plan.body.has_dropped());
    if let (Some(demanded), Some(counted)) = (demanded, presence(&plan.body.template)) {
        schema.insert("if".to_owned(), json!({ "not": counted }));
        schema.insert("then".to_owned(), demanded);
    }
    schema
}

struct BodyForm<'p> {
    signal: &'p SignalPlan,
    /// The attributes of the process that are sent at this level.
    resource: &'p [PropertyPlan],
    body: &'p Body,
}

impl BodyForm<'_> {
    /// The attribute with this place of its own, if it is sent at this level.
    fn own(&self, place: u8) -> Option<&PropertyPlan> {
        let own = self.body.own.get(usize::from(place))?;
        self.signal.attributes.iter().find(|attribute| attribute.name == own.name)
    }

    /// The attribute of the process with this place of its own, if it is sent at this level.
    fn of_resource(&self, place: u8) -> Option<&PropertyPlan> {
        let own = self.body.of_resource.get(usize::from(place))?;
        self.resource.iter().find(|attribute| attribute.name == own.name)
    }

    /// The attributes of the process without a place of their own. None is demanded: a body cannot say that one was left out.
    fn rest_of_resource(&self) -> Vec<PropertyPlan> {
        let own = |name: &str| self.body.of_resource.iter().any(|own| own.name == name);
        self.resource.iter().filter(|attribute| !own(&attribute.name)).cloned().collect()
    }

    fn rest(&self) -> Vec<PropertyPlan> {
        self.signal.attributes.iter().filter(|attribute| !self.body.is_own(&attribute.name)).cloned().collect()
    }

    fn part(&self, part: &Part) -> Value {
        match part {
            Part::Literal(text) => json!({ "const": serde_json::from_str::<Value>(text).unwrap_or_default() }),
            Part::Name => json!({ "const": self.signal.name }),
            Part::Id => uuid(),
            Part::Time(clock) => time(*clock, "When it ended, or happened."),
            Part::StartTime(clock) => time(*clock, "When it started."),
            Part::Dropped => json!({
                "description": "How many values were left out because their domain does not admit them.",
                "type": "integer",
                "minimum": 1,
                "maximum": u32::MAX,
            }),
            Part::Attribute(place) => self.own(*place).map_or(Value::Bool(false), render_property),
            Part::Channels => marker(&self.signal.channels).unwrap_or(Value::Bool(false)),
            Part::OfResource(place) => self.of_resource(*place).map_or(Value::Bool(false), render_property),
            Part::Attributes => closed(&self.rest()),
            Part::Resource => closed(&self.rest_of_resource()),
            Part::Spread | Part::SpreadResource | Part::Signals => Value::Bool(true),
            Part::List(items) => json!({
                "type": "array",
                "prefixItems": items.iter().map(|item| self.part(item)).collect::<Vec<_>>(),
                "minItems": items.len(),
                "maxItems": items.len(),
            }),
            Part::Object(members) => self.object(members),
        }
    }

    fn object(&self, members: &[(std::borrow::Cow<'static, str>, Part)]) -> Value {
        let mut properties = Map::new();
        for (key, member) in members {
            let mut spread = |attributes: Vec<PropertyPlan>| {
                properties.extend(attributes.iter().map(|own| (own.name.clone(), render_property(own))));
            };
            match member {
                Part::Spread => spread(self.rest()),
                Part::SpreadResource => spread(self.rest_of_resource()),
                Part::Attribute(place) if self.own(*place).is_none() => {}
                Part::OfResource(place) if self.of_resource(*place).is_none() => {}
                Part::Channels if self.signal.channels.is_empty() => {}
                member => _ = properties.insert(key.to_string(), self.part(member)),
            }
        }
        let required: Vec<&str> =
            members.iter().filter(|(_, member)| !member.may_be_absent()).map(|(key, _)| &**key).collect();
        let mut schema = into_map(json!({ "type": "object" }));
        schema.insert("properties".to_owned(), properties.into());
        if !required.is_empty() {
            schema.insert("required".to_owned(), json!(required));
        }
        schema.insert("additionalProperties".to_owned(), Value::Bool(false));
        schema.into()
    }

    /// A schema that demands the required attributes within a part.
    fn demand(&self, part: &Part) -> Option<Value> {
        let names = |properties: &[PropertyPlan]| -> Vec<String> {
            properties.iter().filter(|property| property.required).map(|property| property.name.clone()).collect()
        };
        let (mut required, mut properties) = (Vec::new(), BTreeMap::new());
        match part {
            Part::Attributes => required = names(&self.rest()),
            Part::Object(members) => {
                for (key, member) in members.iter() {
                    match member {
                        Part::Spread => required.extend(names(&self.rest())),
                        Part::Attribute(place) if self.own(*place).is_some_and(|own| own.required) => {
                            required.push(key.to_string());
                        }
                        member => properties.extend(self.demand(member).map(|demand| (key.to_string(), demand))),
                    }
                }
            }
            _ => {}
        }
        let mut schema = Map::new();
        if !required.is_empty() {
            schema.insert("required".to_owned(), json!(required));
        }
        if !properties.is_empty() {
            schema.insert("properties".to_owned(), json!(properties));
        }
        (!schema.is_empty()).then(|| schema.into())
    }
}

/// A schema that holds where `$dropped` is there.
fn presence(part: &Part) -> Option<Value> {
    let Part::Object(members) = part else { return None };
    members.iter().find_map(|(key, member)| match member {
        Part::Dropped => Some(json!({ "required": [key] })),
        member => presence(member).map(|inner| json!({ "required": [key], "properties": { &**key: inner } })),
    })
}

fn uuid() -> Value {
    const PATTERN: &str = "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-4[0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$";
    json!({ "description": "A random UUID.", "type": "string", "pattern": PATTERN })
}

fn time(clock: Clock, description: &str) -> Value {
    match clock {
        Clock::Text => json!({ "description": description, "type": "string", "pattern": TIMESTAMP_PATTERN }),
        number => json!({
            "description": description,
            "type": "integer",
            "minimum": 0,
            "maximum": i64::MAX as u64 / number.step(),
        }),
    }
}
