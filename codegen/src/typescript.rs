//! Typed emitters in TypeScript: one module with an interface and a function per signal, and the constants behind them.
//!
//! The function that records a signal shows the filter: what is read by default, then what is read only behind a channel.
//! That part is a callable in TypeScript, so that nothing of it is computed without permission. What a value may be
//! stands in the constants; the package `candor-sdk` judges by them.

mod head;
mod names;

use candor_schema::{Attribute, Catalogue, Channel, Domain, Encoding, OnViolation, Signal, escape_invisible};
use serde::Serialize;

use crate::Artefact;
use crate::expand::{attribute_doc, signal_doc};
use crate::fields::{Field, UNGUARDED, in_order, object_fields, resource_fields, signal_fields};
use crate::layout::lay_out_page;
use crate::names::static_name;
use crate::types::typescript::{text, typescript_constant, typescript_type, union};

use names::{Names, Shape, properties};

/// Every decision about the module.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TypeScriptPlan {
    /// The opening of the module's documentation.
    pub docs: Vec<String>,
    /// The numbers of the channels that the catalogue names.
    pub channels: Vec<ConstantPlan>,
    /// The unions of closed and open enums.
    pub unions: Vec<ConstantPlan>,
    /// The attributes, as members of one constant.
    pub attributes: Vec<ConstantPlan>,
    /// Objects, signals and the resource, with the functions that record them.
    pub shapes: Vec<ShapePlan>,
    /// The constants of objects.
    pub objects: Vec<ConstantPlan>,
    /// The constants of signals.
    pub signals: Vec<ConstantPlan>,
    /// The members of the catalogue's constant.
    pub head: Vec<String>,
}

/// A constant or a type.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConstantPlan {
    /// Its documentation.
    pub docs: Vec<String>,
    /// Its name.
    pub name: String,
    /// The expression or the type.
    pub value: String,
}

/// A structure that a program fills in, and the function that records it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShapePlan {
    /// Its documentation.
    pub docs: Vec<String>,
    /// The interface.
    pub name: String,
    /// The properties that are read without a further permission.
    pub fields: Vec<FieldPlan>,
    /// The parts behind a channel each.
    pub groups: Vec<GroupPlan>,
    /// The function that records it.
    pub record: String,
    /// The function that emits it, of a signal.
    pub emits: Option<EmitPlan>,
    /// True for the attributes of the process.
    pub is_resource: bool,
}

/// A part that is read only behind a channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupPlan {
    /// Its documentation.
    pub docs: Vec<String>,
    /// The interface of what the callable returns.
    pub name: String,
    /// The property with the callable.
    pub property: String,
    /// `?` where the callable may be left out.
    pub mark: &'static str,
    /// The channel, as an expression.
    pub channel: String,
    /// The properties.
    pub fields: Vec<FieldPlan>,
}

/// One property, and its line in the function that records.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldPlan {
    /// Its documentation.
    pub docs: Vec<String>,
    /// The property.
    pub property: String,
    /// `?` where it may be left out.
    pub mark: &'static str,
    /// The type.
    pub ty: String,
    /// `required` or `optional`.
    pub method: &'static str,
    /// The constant of the attribute.
    pub attribute: String,
    /// A further argument: the name on the wire where it is not the attribute's.
    pub place: String,
}

/// The function that emits a signal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EmitPlan {
    /// Its name.
    pub function: String,
    /// The constant of the signal.
    pub constant: String,
    /// True where there is nothing to fill in.
    pub is_empty: bool,
}

/// Decides names, types and order.
pub fn plan(catalogue: &Catalogue) -> TypeScriptPlan {
    let (head, names) = (catalogue.head(), Names::of(catalogue));
    let signals = || crate::fields::emitted(catalogue);
    let objects = catalogue.objects().iter();
    let mut shapes: Vec<ShapePlan> = objects
        .clone()
        .map(|object| {
            let docs = object.brief.clone().unwrap_or_else(|| object.id.to_string());
            plan_shape(
                catalogue,
                &names,
                Shape::Object(&object.id),
                &docs,
                &object_fields(catalogue, object),
                UNGUARDED,
            )
        })
        .collect();
    shapes.extend(signals().map(|signal| plan_signal(catalogue, &names, signal)));
    shapes.extend(plan_resource(catalogue, &names));
    TypeScriptPlan {
        docs: doc(&format!(
            "Everything {} may report: version {} of its telemetry catalogue.\n\nThe program can send nothing else. Each \
             `$` function shows what is read by default, and what only behind a channel.",
            head.title(),
            head.version()
        )),
        channels: head.channels().iter().map(plan_channel).collect(),
        unions: catalogue.attributes().iter().filter_map(|one| plan_union(catalogue, &names, one)).collect(),
        attributes: catalogue.attributes().iter().map(|one| plan_attribute(catalogue, &names, one)).collect(),
        objects: objects.map(|object| plan_object(catalogue, &names, object)).collect(),
        signals: signals().map(|signal| plan_constant(catalogue, &names, signal)).collect(),
        head: head::members(catalogue, &names),
        shapes,
    }
}

/// The module.
pub fn render(plan: &TypeScriptPlan) -> Vec<Artefact> {
    vec![Artefact { path: "typescript/telemetry.ts".to_owned(), text: lay_out_page("typescript", plan) }]
}

fn plan_channel(channel: &Channel) -> ConstantPlan {
    let docs = doc(&format!("The channel `{}`: {}.", channel.name, channel.brief));
    ConstantPlan { docs, name: static_name(&channel.name), value: channel.number.to_string() }
}

fn plan_union(catalogue: &Catalogue, names: &Names, attribute: &Attribute) -> Option<ConstantPlan> {
    use crate::types::typescript::TypeNames;
    let Domain::Enum(members) = attribute.domain.innermost() else { return None };
    let docs = doc(&attribute_doc(catalogue, attribute));
    Some(ConstantPlan { docs, name: names.of_enum(attribute), value: union(members) })
}

fn plan_attribute(catalogue: &Catalogue, names: &Names, attribute: &Attribute) -> ConstantPlan {
    let mut parts = vec![
        format!("id: {}", text(&attribute.id)),
        format!("needs: {}", channel(catalogue, attribute.collected.number())),
        format!("domain: {}", typescript_constant(&attribute.domain, &|id| names.object(id))),
    ];
    parts.extend((attribute.name != attribute.id).then(|| format!("name: {}", text(&attribute.name))));
    parts.extend((attribute.encoding == Encoding::Json).then(|| "json: true".to_owned()));
    parts.extend((attribute.on_violation == OnViolation::Truncate).then(|| "cut: true".to_owned()));
    parts.extend(attribute.nullable.then(|| "nullable: true".to_owned()));
    let name = names.attribute(&attribute.id).trim_start_matches("$attributes.").to_owned();
    ConstantPlan { docs: Vec::new(), name, value: format!("$.attribute({{ {} }})", parts.join(", ")) }
}

fn plan_object(catalogue: &Catalogue, names: &Names, object: &candor_schema::Object) -> ConstantPlan {
    let fields = in_order(object_fields(catalogue, object), UNGUARDED, |field| field.behind);
    let members = members(names, &fields, "    ");
    let record = names.record(Shape::Object(&object.id));
    let value = format!("$.structure({}, {record}, (): readonly $.Member[] => [\n{members}  ])", text(&object.id));
    let name = names.object(&object.id).trim_start_matches("$objects.").to_owned();
    ConstantPlan { docs: Vec::new(), name, value }
}

fn plan_constant(catalogue: &Catalogue, names: &Names, signal: &Signal) -> ConstantPlan {
    let of_signal = signal.collected.number();
    let fields = in_order(signal_fields(catalogue, signal), of_signal, |field| field.behind);
    let mut lines = vec![
        format!("kind: {}", text(signal.kind.word())),
        format!("id: {}", text(&signal.id)),
        format!("name: {}", text(&signal.name)),
        format!("needs: {}", channel(catalogue, of_signal)),
    ];
    lines.extend(signal.every.map(|every| format!("every: {}", every.seconds())));
    lines.extend((signal.endpoint > 0).then(|| format!("endpoint: {}", signal.endpoint)));
    lines.push(format!("members: [\n{}    ]", members(names, &fields, "      ")));
    let lines: String = lines.into_iter().map(|line| format!("    {line},\n")).collect();
    ConstantPlan { docs: Vec::new(), name: names.function(&signal.id), value: format!("$.signal({{\n{lines}  }})") }
}

/// The members of a signal or an object, a line each.
fn members(names: &Names, fields: &[Field<'_>], indent: &str) -> String {
    let line = |field: &Field<'_>| {
        let method = if field.required { "required" } else { "optional" };
        let place = place(field);
        let place = if place.is_empty() { place } else { format!(", {place}") };
        format!("{indent}$.{method}({}{place}),\n", names.attribute(&field.attribute.id))
    };
    fields.iter().map(line).collect()
}

/// The name on the wire, where it is not the attribute's; or that it is the body.
fn place(field: &Field<'_>) -> String {
    match field.body {
        true => "$.BODY".to_owned(),
        false if field.wire != field.attribute.name => text(field.wire),
        false => String::new(),
    }
}

fn plan_signal(catalogue: &Catalogue, names: &Names, signal: &Signal) -> ShapePlan {
    let (fields, shape) = (signal_fields(catalogue, signal), Shape::Signal(&signal.id));
    let docs = signal_doc(catalogue, signal);
    let plan = plan_shape(catalogue, names, shape, &docs, &fields, signal.collected.number());
    let function = names.function(&signal.id);
    let constant = format!("$signals.{function}");
    ShapePlan { emits: Some(EmitPlan { function, constant, is_empty: fields.is_empty() }), ..plan }
}

fn plan_resource(catalogue: &Catalogue, names: &Names) -> Option<ShapePlan> {
    let fields = resource_fields(catalogue);
    let docs = format!("The attributes of the process that runs {}.", catalogue.head().title());
    let shape =
        (!fields.is_empty()).then(|| plan_shape(catalogue, names, Shape::Resource, &docs, &fields, UNGUARDED))?;
    Some(ShapePlan { is_resource: true, ..shape })
}

fn plan_shape(
    catalogue: &Catalogue,
    names: &Names,
    shape: Shape<'_>,
    docs: &str,
    fields: &[Field<'_>],
    of_signal: u8,
) -> ShapePlan {
    let mut channels: Vec<u8> = fields.iter().map(|field| field.behind).filter(|one| *one != of_signal).collect();
    channels.sort_unstable();
    channels.dedup();
    let channel_names: Vec<&str> =
        channels.iter().filter_map(|number| catalogue.head().channel_name(*number)).collect();
    let (groups, properties) = properties(fields, &channel_names);
    let of_channel = |number: u8| -> Vec<FieldPlan> {
        let own = fields.iter().zip(&properties).filter(|(field, _)| field.behind == number);
        own.map(|(field, property)| plan_field(catalogue, names, field, property)).collect()
    };
    let group = |((number, name), property): ((&u8, &&str), &String)| {
        let fields = of_channel(*number);
        let is_needed = fields.iter().any(|field| field.mark.is_empty());
        GroupPlan {
            docs: doc(&group_doc(catalogue, name)),
            name: names.ty(shape, Some(name)),
            property: property.clone(),
            mark: if is_needed { "" } else { "?" },
            channel: channel(catalogue, *number),
            fields,
        }
    };
    ShapePlan {
        docs: doc(docs),
        name: names.ty(shape, None),
        fields: of_channel(of_signal),
        groups: channels.iter().zip(&channel_names).zip(&groups).map(group).collect(),
        record: names.record(shape),
        emits: None,
        is_resource: false,
    }
}

fn group_doc(catalogue: &Catalogue, channel: &str) -> String {
    match catalogue.head().opt_in().filter(|_| channel == "opt_in") {
        Some(switch) => format!("Called only with `{switch}`: without it, nothing in here is computed."),
        None => format!("Called only with the channel `{channel}`: without it, nothing in here is computed."),
    }
}

fn plan_field(catalogue: &Catalogue, names: &Names, field: &Field<'_>, property: &str) -> FieldPlan {
    let attribute = field.attribute;
    let ty = typescript_type(attribute, &attribute.domain, names);
    let (null, undefined) = (attribute.nullable || !field.required, !field.required);
    FieldPlan {
        docs: doc(&attribute_doc(catalogue, attribute)),
        property: property.to_owned(),
        mark: if field.required { "" } else { "?" },
        ty: ty + if null { " | null" } else { "" } + if undefined { " | undefined" } else { "" },
        method: if field.required { "required" } else { "optional" },
        attribute: names.attribute(&attribute.id),
        place: place(field),
    }
}

/// A channel as an expression.
fn channel(catalogue: &Catalogue, number: u8) -> String {
    match number {
        UNGUARDED => "$.DEFAULT".to_owned(),
        candor_schema::OPT_IN => "$.OPT_IN".to_owned(),
        number => catalogue.head().channel_name(number).map(static_name).unwrap_or_default(),
    }
}

/// A documentation comment's lines: no tags, nothing that ends the comment.
fn doc(text: &str) -> Vec<String> {
    let line = |line: &str| {
        let line = escape_invisible(line.trim_end()).replace("*/", "*\\/").replace('@', "\\@");
        line.replace('{', "\\{").replace('}', "\\}").replace('<', "\\<")
    };
    text.lines().map(line).collect()
}
